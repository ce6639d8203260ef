// SPDX-License-Identifier: MIT
#include "app/ask_ready.hpp"

#include <fmt/format.h>

#include <boost/asio/ip/tcp.hpp>
#include <nlohmann/json.hpp>
#include <optional>
#include <string_view>

namespace restapi::app {
namespace {

constexpr std::size_t largest = std::size_t{64} << 10;  // far more than our answer has, head and all

/// Where a server that listens on every address can be reached.
std::string reachable(std::string const& hostname) {
  if (hostname == "0.0.0.0") return "127.0.0.1";
  return hostname == "::" ? "::1" : hostname;
}

/// What /ready answers (observation/admin.cpp): 200 {"ready":true} or 503 {"ready":false,…}.
std::optional<ReadyAnswer> read_answer(std::string_view answer) {
  constexpr std::string_view end_of_head = "\r\n\r\n";
  auto const head = answer.find(end_of_head);
  if (head == answer.npos) return std::nullopt;
  auto const body = answer.substr(head + end_of_head.size());
  auto const json = nlohmann::json::parse(body, nullptr, false);
  if (!json.is_object() || !json.contains("ready") || !json["ready"].is_boolean()) return std::nullopt;
  bool const is_ready = json["ready"].get<bool>();
  bool const is_ours = is_ready
                           ? answer.starts_with("HTTP/1.1 200 ") && body.starts_with(R"({"ready":true)")
                           : answer.starts_with("HTTP/1.1 503 ") && body.starts_with(R"({"ready":false,"reason":")");
  if (!is_ours) return std::nullopt;
  return ReadyAnswer{is_ready, std::string(body)};
}

}  // namespace

ReadyAnswer ask_ready(std::string const& hostname, std::uint16_t port, std::chrono::milliseconds limit) {
  boost::asio::ip::tcp::iostream stream;
  stream.expires_after(limit);
  stream.connect(reachable(hostname), std::to_string(port));
  // HTTP/1.0: no name that must be right, and the connection ends with the answer.
  stream << "GET /ready HTTP/1.0\r\n\r\n" << std::flush;
  std::string answer(largest + 1, '\0');
  stream.read(answer.data(), static_cast<std::streamsize>(answer.size()));
  answer.resize(static_cast<std::size_t>(stream.gcount()));
  if (answer.empty())
    return {false, fmt::format("no answer from port {} on {}: {}", port, hostname, stream.error().message())};
  bool const is_whole = stream.error() == boost::asio::error::eof;
  if (is_whole && answer.size() <= largest)
    if (auto read = read_answer(answer)) return *std::move(read);
  return {false, fmt::format("what answers on port {} of {} is no admin port of restapi", port, hostname)};
}

}  // namespace restapi::app
