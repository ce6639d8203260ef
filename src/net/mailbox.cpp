// SPDX-License-Identifier: MIT
#include "net/mailbox.hpp"

#include <sys/eventfd.h>
#include <unistd.h>

#include <cerrno>
#include <cstdint>
#include <system_error>
#include <utility>

namespace restapi::net {

Mailbox::Mailbox() : descriptor_(eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC)) {
  if (!descriptor_.is_open()) throw std::system_error(errno, std::generic_category(), "eventfd");
}

Mailbox::~Mailbox() {
  for (auto const& socket : events_.sockets) ::close(socket.descriptor);
}

template <class Change>
void Mailbox::change(Change change) {
  bool wake = false;
  {
    std::lock_guard const lock(mutex_);
    change(events_);
    wake = !std::exchange(signalled_, true);
  }
  // One wakeup for all events of a batch. The counter cannot overflow within the life of a machine.
  if (wake) eventfd_write(descriptor_.number(), 1);
}

void Mailbox::put(NewSocket socket) {
  change([&](Events& events) { events.sockets.push_back(socket); });
}

void Mailbox::put(PostedEvent event) {
  change([&](Events& events) { events.events.push_back(std::move(event)); });
}

void Mailbox::put_resumed(std::weak_ptr<Connection> connection) {
  change([&](Events& events) { events.resumed.push_back(std::move(connection)); });
}

void Mailbox::put_drain(std::chrono::steady_clock::time_point idle_until) {
  change([&](Events& events) { events.drain = idle_until; });
}

void Mailbox::put_make_room() {
  change([](Events& events) { events.make_room = true; });
}

void Mailbox::take(Events& events) {
  std::lock_guard const lock(mutex_);
  std::swap(events, events_);
  signalled_ = false;
}

}  // namespace restapi::net
