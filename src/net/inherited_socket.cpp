// SPDX-License-Identifier: MIT
#include "net/inherited_socket.hpp"

#include <fmt/format.h>
#include <sys/socket.h>
#include <systemd/sd-daemon.h>

#include <cstring>
#include <stdexcept>
#include <utility>

namespace restapi::net {
namespace {

struct Requirement {
  int (*is_met)(int descriptor);  // positive: it is
  char const* otherwise;
};

// An IP address is what proxies are trusted by, what clients take turns by, and what the access log says.
constexpr Requirement requirements[] = {
    {[](int socket) { return sd_is_socket(socket, AF_UNSPEC, 0, -1); }, "is not a socket"},
    {[](int socket) { return sd_is_socket_inet(socket, AF_UNSPEC, 0, -1, 0); },
     "is not an IPv4 or IPv6 socket: clients are known by their IP address"},
    {[](int socket) { return sd_is_socket_inet(socket, AF_UNSPEC, SOCK_STREAM, -1, 0); }, "is not a TCP socket"},
    {[](int socket) { return sd_is_socket_inet(socket, AF_UNSPEC, SOCK_STREAM, 1, 0); },
     "does not listen (Accept=no in a .socket unit)"},
};

}  // namespace

std::optional<ListeningSocket> take_inherited_socket() {
  constexpr int unset_environment = 1;
  int const count = sd_listen_fds(unset_environment);
  if (count == 0) return std::nullopt;
  if (count < 0) throw std::runtime_error(fmt::format("LISTEN_FDS or LISTEN_PID is wrong: {}", std::strerror(-count)));
  if (count > 1) throw std::runtime_error(fmt::format("LISTEN_FDS passes {} sockets, and one is served", count));
  for (auto const& [is_met, otherwise] : requirements)
    if (is_met(SD_LISTEN_FDS_START) <= 0) throw std::runtime_error(fmt::format("what LISTEN_FDS passes {}", otherwise));
  return ListeningSocket(FileDescriptor(SD_LISTEN_FDS_START));
}

}  // namespace restapi::net
