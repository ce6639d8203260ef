// SPDX-License-Identifier: MIT
#include "net/listening_socket.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <sys/time.h>

#include <cerrno>
#include <cstring>
#include <memory>
#include <optional>
#include <stdexcept>
#include <utility>

#include "net/address.hpp"

namespace restapi::net {
namespace {

/// Bytes of an answer that the kernel keeps for a reader before they are on their way; the rest stays with us, where it
/// is counted and often shared.
constexpr int kept_by_kernel = 256 * 1024;

/// systemd makes an inherited socket blocking with each service that it starts, also while another process accepts from
/// it: then accept() returns after this time.
constexpr timeval accept_limit{0, 50'000};

std::runtime_error bind_error(std::string const& hostname, std::uint16_t port, int error) {
  switch (error) {
    case EADDRINUSE:
      return std::runtime_error(fmt::format("port {} on {} is in use", port, hostname));
    case EACCES:
      return std::runtime_error(
          fmt::format("no permission to listen on port {} of {} (ports below 1024 need a privilege)", port, hostname));
    case EADDRNOTAVAIL:
      return std::runtime_error(fmt::format("{} is not an address of this machine", hostname));
    default:
      return std::runtime_error(
          fmt::format("cannot listen on port {} of {}: {}", port, hostname, std::strerror(error)));
  }
}

template <class Value>
void set(int descriptor, int level, int option, Value value) {
  ::setsockopt(descriptor, level, option, &value, sizeof value);
}

void set_what_is_inherited_by_accepted(int descriptor) {
  set(descriptor, IPPROTO_TCP, TCP_NODELAY, 1);
  set(descriptor, IPPROTO_TCP, TCP_NOTSENT_LOWAT, kept_by_kernel);
}

/// None: errno says why.
FileDescriptor open_listening(addrinfo const& address) {
  FileDescriptor socket(::socket(address.ai_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, IPPROTO_TCP));
  if (!socket.is_open()) return socket;
  auto const descriptor = socket.number();
  // A server that was stopped a moment ago leaves connections in TIME_WAIT; they must not hinder the next one.
  set(descriptor, SOL_SOCKET, SO_REUSEADDR, 1);
  set_what_is_inherited_by_accepted(descriptor);
  if (::bind(descriptor, address.ai_addr, address.ai_addrlen) == 0 &&
      ::listen(descriptor, ListeningSocket::backlog) == 0)
    return socket;
  int const error = errno;
  socket = {};
  errno = error;
  return socket;
}

using Addresses = std::unique_ptr<addrinfo, decltype(&::freeaddrinfo)>;

/// Where one can listen under that name; 0, or an error of getaddrinfo().
std::pair<Addresses, int> look_up(std::string const& hostname, std::uint16_t port) {
  addrinfo hints{};
  hints.ai_family = AF_UNSPEC;
  hints.ai_socktype = SOCK_STREAM;
  hints.ai_flags = AI_PASSIVE | AI_NUMERICSERV;
  addrinfo* list = nullptr;
  // An empty name would mean every interface: too much to happen by accident.
  int const failure =
      hostname.empty() ? EAI_NONAME : ::getaddrinfo(hostname.c_str(), std::to_string(port).c_str(), &hints, &list);
  return {Addresses(list, &::freeaddrinfo), failure};
}

bool is_loopback(sockaddr const& address) {
  if (address.sa_family == AF_INET) {
    auto const& ipv4 = reinterpret_cast<sockaddr_in const&>(address);
    return ntohl(ipv4.sin_addr.s_addr) >> 24 == IN_LOOPBACKNET;
  }
  auto const& ipv6 = reinterpret_cast<sockaddr_in6 const&>(address).sin6_addr;
  return address.sa_family == AF_INET6 &&
         (IN6_IS_ADDR_LOOPBACK(&ipv6) || (IN6_IS_ADDR_V4MAPPED(&ipv6) && ipv6.s6_addr[12] == IN_LOOPBACKNET));
}

/// The address that a socket is bound to.
std::optional<std::pair<sockaddr_storage, socklen_t>> name_of(int descriptor) {
  sockaddr_storage address{};
  socklen_t size = sizeof address;
  if (::getsockname(descriptor, reinterpret_cast<sockaddr*>(&address), &size) != 0) return std::nullopt;
  return std::pair(address, size);
}

}  // namespace

bool leads_to_loopback(std::string const& hostname) {
  auto const addresses = look_up(hostname, 0).first;
  for (auto const* address = addresses.get(); address != nullptr; address = address->ai_next)
    if (is_loopback(*address->ai_addr)) return true;
  return false;
}

ListeningSocket::ListeningSocket(std::string const& hostname, std::uint16_t port) {
  auto const [addresses, failure] = look_up(hostname, port);
  if (failure == EAI_NONAME || failure == EAI_ADDRFAMILY || failure == EAI_NODATA) {
    throw std::runtime_error(fmt::format("unknown host name '{}'", hostname));
  }
  if (failure != 0) {
    throw std::runtime_error(fmt::format("cannot look up host name '{}': {}", hostname, ::gai_strerror(failure)));
  }

  int error = 0;
  for (auto const* address = addresses.get(); address != nullptr && !descriptor_.is_open();
       address = address->ai_next) {
    descriptor_ = open_listening(*address);
    if (!descriptor_.is_open() && error == 0) error = errno;
  }
  if (!descriptor_.is_open()) throw bind_error(hostname, port, error);
}

ListeningSocket::ListeningSocket(FileDescriptor inherited) : descriptor_(std::move(inherited)), is_inherited_(true) {
  auto const descriptor = descriptor_.number();
  ::fcntl(descriptor, F_SETFL, ::fcntl(descriptor, F_GETFL) | O_NONBLOCK);
  set(descriptor, SOL_SOCKET, SO_RCVTIMEO, accept_limit);
  set_what_is_inherited_by_accepted(descriptor);
}

std::string ListeningSocket::hostname() const {
  auto const name = name_of(descriptor_.number());
  return name ? numeric_host(name->first) : std::string();
}

std::uint16_t ListeningSocket::port() const {
  auto const name = name_of(descriptor_.number());
  return name ? port_of(name->first) : std::uint16_t{0};
}

}  // namespace restapi::net
