// SPDX-License-Identifier: MIT
#include "net/acceptor.hpp"

#include <fmt/format.h>
#include <poll.h>
#include <spdlog/spdlog.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <stdexcept>
#include <utility>

namespace restapi::net {
namespace {

/// When nothing can be accepted although somebody waits, mostly for want of descriptors: time for some connections to
/// end.
constexpr std::chrono::milliseconds while_short{50};

/// When there is no room and nobody could make any: somebody may have become idle.
constexpr std::chrono::milliseconds while_full{100};

}  // namespace

Acceptor::Acceptor(ListeningSocket listening)
    : listening_(std::move(listening)), wake_(::eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC)) {
  if (!wake_.is_open())
    throw std::runtime_error(fmt::format("cannot make an event descriptor: {}", std::strerror(errno)));
}

Acceptor::~Acceptor() { stop(); }

void Acceptor::start(Taker taker) {
  taker_ = std::move(taker);
  thread_ = std::thread([this] { run(); });
}

void Acceptor::notice_room() { ::eventfd_write(wake_.number(), 1); }

void Acceptor::stop(bool accepts_waiting) {
  if (thread_.joinable()) {
    stopping_ = true;
    ::eventfd_write(wake_.number(), 1);
    thread_.join();
    if (accepts_waiting && !listening_.is_inherited()) accept_waiting();
  }
  listening_.close();
}

void Acceptor::run() {
  pollfd watched[] = {{wake_.number(), POLLIN, 0}, {listening_.descriptor(), POLLIN, 0}};
  bool warned = false;
  while (!stopping_) {
    if (::poll(watched, 2, -1) < 0) continue;  // EINTR
    if (watched[0].revents != 0) wait_for_word({});
    if (watched[1].revents == 0) continue;
    if (!taker_.has_room()) {
      taker_.make_room();
      // Asked again: it may have come about before anybody knew that we wait for it.
      if (!taker_.has_room()) wait_for_word(while_full);
      continue;
    }
    bool accepted = true;
    while (accepted && !stopping_ && taker_.has_room()) {
      accepted = accept_one();
      warned = warned && !accepted;
    }
    if (accepted || errno == EAGAIN) continue;
    // No descriptors or memory; or another process that has the socket has shut it down, which leaves it ready for
    // good.
    if (!std::exchange(warned, true)) spdlog::warn("cannot accept connections for now: {}", std::strerror(errno));
    wait_for_word(while_short);
  }
}

/// True: somebody said something; false: the time is over.
bool Acceptor::wait_for_word(std::chrono::milliseconds limit) {
  pollfd watched{wake_.number(), POLLIN, 0};
  if (::poll(&watched, 1, static_cast<int>(limit.count())) <= 0) return false;
  eventfd_t count = 0;
  ::eventfd_read(wake_.number(), &count);
  return true;
}

/// False: nothing to accept, or not possible now; errno says which.
bool Acceptor::accept_one() {
  sockaddr_storage peer{};
  socklen_t size = sizeof peer;
  int const descriptor =
      ::accept4(listening_.descriptor(), reinterpret_cast<sockaddr*>(&peer), &size, SOCK_NONBLOCK | SOCK_CLOEXEC);
  // accept(2): errors of a connection that failed before it was accepted concern nobody else.
  if (descriptor < 0) return errno == EINTR || errno == ECONNABORTED || errno == EPROTO;
  try {
    taker_.take(descriptor, peer);
  } catch (std::exception const& error) {
    spdlog::error("connection refused: {}", error.what());
    ::close(descriptor);
  }
  return true;
}

/// As many as the queue can have had: others may come faster than they are accepted.
void Acceptor::accept_waiting() {
  for (int left = ListeningSocket::backlog; left > 0 && accept_one(); --left) continue;
}

}  // namespace restapi::net
