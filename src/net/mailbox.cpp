// SPDX-License-Identifier: MIT
#include "net/mailbox.hpp"

#include <sys/eventfd.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <system_error>
#include <utility>

namespace restapi::net {
namespace {

/// Each may be a call of the kernel: a tenth of a millisecond, in which others wait.
constexpr std::size_t patient_at_once = 16;

}  // namespace

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

void Mailbox::put_patient(PostedEvent event) {
  change([&](Events&) { patient_.push_back(std::move(event)); });
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
  {
    std::lock_guard const lock(mutex_);
    std::swap(events, events_);
    for (auto count = std::min(patient_.size(), patient_at_once); count > 0; --count) {
      events.events.push_back(std::move(patient_.front()));
      patient_.pop_front();
    }
    signalled_ = !patient_.empty();
    if (!signalled_) return;
  }
  eventfd_write(descriptor_.number(), 1);
}

}  // namespace restapi::net
