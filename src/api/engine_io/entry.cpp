// SPDX-License-Identifier: MIT
#include "api/engine_io/entry.hpp"

#include "api/engine_io/answers.hpp"

namespace restapi::api::engine_io {

SessionHandle::Entry::Entry(std::string id, Transport transport, Time now, std::shared_ptr<Server::Common> what)
    : common(std::move(what)), session(std::move(id), transport, common->options.session, now, *this, common->memory) {}

/// In a turn.
void SessionHandle::Entry::keep_time() {
  auto const next = session.next_tick();
  if (next >= ticks_at) return;
  ticks_at = next;
  common->timers.at(next, [weak = weak_from_this()] {
    auto const entry = weak.lock();
    if (!entry) return;
    entry->turn([&](Time now) {
      if (entry->ticks_at <= now) entry->ticks_at = Time::max();
      entry->session.tick(now);
    });
  });
}

void SessionHandle::Entry::wait(http::LateAnswer answer, Server::Finish finish, std::stop_token const& gone) {
  auto const number = ++polls;
  poll.emplace(std::move(answer), std::move(finish), number);
  poll->left.emplace(gone, [common = common.get(), weak = weak_from_this(), number] {
    // Elsewhere: this may be the turn of the session already, which is about to forget the poll.
    common->timers.soon([weak, number] {
      auto const entry = weak.lock();
      if (!entry) return;
      entry->turn([&](Time now) {
        if (!entry->poll || entry->poll->number != number) return;
        entry->poll.reset();
        entry->session.poll_left(now);
      });
    });
  });
}

void SessionHandle::Entry::answer(http::Response response) {
  if (!poll) return;
  poll->answer.give(poll->finish(std::move(response)));
  poll.reset();
}

void SessionHandle::Entry::answer_poll(std::string payload) { answer(text(std::move(payload))); }

void SessionHandle::Entry::refuse_poll() { answer(refused(bad_request)); }

void SessionHandle::Entry::wake_web_socket() {
  if (!std::exchange(is_woken, true)) net::Connection::post_patiently(carrier.connection, std::make_unique<Wake>());
}

void SessionHandle::Entry::drop_probe() {
  net::Connection::post(std::exchange(probe, {}).connection, std::make_unique<Wake>());
}

void SessionHandle::Entry::received(Kind kind, std::string data) {
  if (handler) handler->on_message(kind, std::move(data));
}

void SessionHandle::Entry::sent() {
  if (handler) handler->on_sent();
}

void SessionHandle::Entry::deadline_passed() {
  if (handler) handler->on_deadline();
}

void SessionHandle::Entry::closed() {
  if (handler) handler->on_closed();
}

bool SessionHandle::tell(std::function<void()> const& what) const {
  auto const entry = entry_.lock();
  if (!entry) return false;
  bool is_open = false;
  entry->turn([&](Time now) {
    entry->session.tick(now);
    is_open = entry->session.is_open();
    if (is_open) what();
  });
  return is_open;
}

std::shared_ptr<Server::Entry> Server::Common::open(Transport transport, Time asked,
                                                    std::shared_ptr<Places::Place> place, HandlerFactory const& factory,
                                                    std::shared_ptr<Common> const& self) {
  auto const now = asked == Time() ? std::chrono::steady_clock::now() : asked;
  auto entry = std::make_shared<Entry>(new_id(), transport, now, self);
  entry->place = std::move(place);
  {
    std::lock_guard const lock(mutex);
    if (is_stopping) return nullptr;
    entries.emplace(entry->session.id(), entry);
  }
  // Elsewhere: nobody waits for the turn of another session. It is not told so: nobody would fetch that, maybe.
  entry->place->on_displaced([self, weak = std::weak_ptr(entry)] {
    self->timers.soon([weak] {
      auto const displaced = weak.lock();
      if (!displaced) return;
      displaced->turn([&](Time) { displaced->session.close(); });
      displaced->common->forget(displaced->session.id());
    });
  });
  entry->turn([&](Time) { entry->handler = factory(entry->session, SessionHandle(entry)); });
  return entry;
}

std::shared_ptr<Server::Entry> Server::Common::find(std::string_view id) const {
  std::lock_guard const lock(mutex);
  auto const found = entries.find(id);
  return found == entries.end() ? nullptr : found->second;
}

void Server::Common::forget(std::string const& id) {
  std::shared_ptr<Entry> last;  // ends behind the lock
  std::lock_guard const lock(mutex);
  if (auto const found = entries.find(id); found != entries.end()) {
    last = std::move(found->second);
    entries.erase(found);
  }
}

}  // namespace restapi::api::engine_io
