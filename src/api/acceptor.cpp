#include "api/acceptor.hpp"

#include <fmt/format.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <spdlog/spdlog.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <memory>
#include <stdexcept>
#include <utility>

#include "api/address.hpp"

namespace restapi::api {
namespace {

constexpr int backlog = 4096;  // the kernel lowers it to net.core.somaxconn

/// When there are no descriptors: time for some connections to end.
constexpr int pause_milliseconds = 50;

std::string without_brackets(std::string const& hostname) {
  if (hostname.size() > 2 && hostname.front() == '[' && hostname.back() == ']') {
    return hostname.substr(1, hostname.size() - 2);
  }
  return hostname;
}

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

int open_listening(addrinfo const& address) {
  int const descriptor = ::socket(address.ai_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, IPPROTO_TCP);
  if (descriptor < 0) return -1;
  int const on = 1;
  // A server that was stopped a moment ago leaves connections in TIME_WAIT; they must not hinder the next one.
  setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  setsockopt(descriptor, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);  // inherited by what is accepted
  if (::bind(descriptor, address.ai_addr, address.ai_addrlen) == 0 && ::listen(descriptor, backlog) == 0) {
    return descriptor;
  }
  int const error = errno;
  ::close(descriptor);
  errno = error;
  return -1;
}

}  // namespace

Acceptor::Acceptor(std::string const& hostname, std::uint16_t port) {
  addrinfo hints{};
  hints.ai_family = AF_UNSPEC;
  hints.ai_socktype = SOCK_STREAM;
  hints.ai_flags = AI_PASSIVE | AI_NUMERICSERV;
  addrinfo* list = nullptr;
  auto const host = without_brackets(hostname);
  // An empty name would mean every interface: too much to happen by accident.
  int const failure =
      host.empty() ? EAI_NONAME : ::getaddrinfo(host.c_str(), std::to_string(port).c_str(), &hints, &list);
  if (failure == EAI_NONAME || failure == EAI_ADDRFAMILY || failure == EAI_NODATA) {
    throw std::runtime_error(fmt::format("unknown host name '{}'", hostname));
  }
  if (failure != 0) {
    throw std::runtime_error(fmt::format("cannot look up host name '{}': {}", hostname, ::gai_strerror(failure)));
  }
  std::unique_ptr<addrinfo, decltype(&::freeaddrinfo)> const addresses(list, &::freeaddrinfo);

  int error = 0;
  for (auto const* address = list; address != nullptr && listening_ < 0; address = address->ai_next) {
    listening_ = open_listening(*address);
    if (listening_ < 0 && error == 0) error = errno;
  }
  if (listening_ < 0) throw bind_error(hostname, port, error);
  wake_ = ::eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
  if (wake_ < 0) {
    ::close(listening_);
    throw std::runtime_error(fmt::format("cannot make an event descriptor: {}", std::strerror(errno)));
  }
}

Acceptor::~Acceptor() {
  stop();
  ::close(wake_);
}

std::uint16_t Acceptor::port() const {
  sockaddr_storage address{};
  socklen_t size = sizeof address;
  if (::getsockname(listening_, reinterpret_cast<sockaddr*>(&address), &size) != 0) return 0;
  return port_of(address);
}

void Acceptor::start(Taker taker) {
  taker_ = std::move(taker);
  thread_ = std::thread([this] { run(); });
}

void Acceptor::stop() {
  if (thread_.joinable()) {
    ::eventfd_write(wake_, 1);
    thread_.join();
  }
  if (listening_ >= 0) ::close(std::exchange(listening_, -1));
}

void Acceptor::run() {
  pollfd watched[] = {{wake_, POLLIN, 0}, {listening_, POLLIN, 0}};
  bool warned = false;
  for (;;) {
    if (::poll(watched, 2, -1) < 0) continue;  // EINTR
    if (watched[0].revents != 0) return;
    while (accept_one()) warned = false;
    if (errno != EMFILE && errno != ENFILE && errno != ENOBUFS && errno != ENOMEM) continue;
    if (!std::exchange(warned, true)) spdlog::warn("cannot accept connections for now: {}", std::strerror(errno));
    if (::poll(watched, 1, pause_milliseconds) > 0) return;
  }
}

/// False: nothing to accept, or not possible now; errno says which.
bool Acceptor::accept_one() {
  sockaddr_storage peer{};
  socklen_t size = sizeof peer;
  int const descriptor = ::accept4(listening_, reinterpret_cast<sockaddr*>(&peer), &size, SOCK_NONBLOCK | SOCK_CLOEXEC);
  // accept(2): errors of a connection that failed before it was accepted concern nobody else.
  if (descriptor < 0) return errno == EINTR || errno == ECONNABORTED || errno == EPROTO;
  try {
    taker_(descriptor, peer);
  } catch (std::exception const& error) {
    spdlog::error("connection refused: {}", error.what());
    ::close(descriptor);
  }
  return true;
}

}  // namespace restapi::api
