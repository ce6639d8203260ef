// SPDX-License-Identifier: MIT
#include "app/ask_ready.hpp"

#include <fmt/format.h>

#include <boost/asio/ip/tcp.hpp>

namespace restapi::app {
namespace {

/// Where a server that listens on every address can be reached.
std::string reachable(std::string const& hostname) {
  if (hostname == "0.0.0.0") return "127.0.0.1";
  return hostname == "::" ? "::1" : hostname;
}

}  // namespace

ReadyAnswer ask_ready(std::string const& hostname, std::uint16_t port, std::chrono::milliseconds limit) {
  boost::asio::ip::tcp::iostream stream;
  stream.expires_after(limit);
  stream.connect(reachable(hostname), std::to_string(port));
  // HTTP/1.0: no name that must be right, and the connection ends with the answer.
  stream << "GET /ready HTTP/1.0\r\n\r\n" << std::flush;
  std::string status, header, body;
  std::getline(stream, status);
  while (std::getline(stream, header) && header != "\r") continue;
  std::getline(stream, body);
  if (body.empty())
    return {false, fmt::format("no answer from port {} on {}: {}", port, hostname, stream.error().message())};
  return {status.starts_with("HTTP/1.1 200 "), body};
}

}  // namespace restapi::app
