// SPDX-License-Identifier: MIT
#include "store/connection_pool.hpp"

#include <soci/error.h>

#include <algorithm>
#include <condition_variable>
#include <list>
#include <mutex>
#include <random>
#include <string>
#include <system_error>
#include <thread>
#include <vector>

namespace restapi::store {
namespace {

using Clock = std::chrono::steady_clock;

}  // namespace

/// What the threads that open connections share with the pool, and may outlive it with.
struct ConnectionPool::Shared : std::enable_shared_from_this<Shared> {
  struct Idle {
    std::unique_ptr<Connection> connection;
    Clock::time_point old_at;
  };
  using Connections = std::vector<Idle>;

  Shared(PoolOptions given, Open how, Open const& anew)
      : options(given), open(std::move(how)), open_anew(anew ? anew : open) {}

  PoolOptions const options;
  Open const open, open_anew;
  mutable std::mutex mutex;
  std::condition_variable_any changed;
  std::uint64_t changes = 0;  // counts what `changed` tells of
  Connections idle;
  std::size_t lent = 0, waiting = 0;
  std::size_t hanging = 0;                // attempts that do not count any more, and have not come back
  std::list<Clock::time_point> attempts;  // when each began
  bool is_down = false;                   // the last attempt did not succeed
  Clock::time_point next_try;
  std::string reason;
  std::uint64_t opened = 0, not_opened = 0, renewals = 0;
  bool is_replacing = false;     // an old connection: a new one is being opened for it
  std::size_t replacements = 0;  // new ones for which no old one has gone yet
  Clock::time_point next_replacement;
  std::minstd_rand random{std::random_device()()};
  bool is_closed = false;

  // All require the lock.
  void tell() {
    ++changes;
    if (waiting > 0) changed.notify_all();
  }

  void fail(std::string why) {
    is_down = true;
    ++not_opened;
    next_try = Clock::now() + options.between_tries;
    reason = std::move(why);
    tell();
  }

  void keep(std::unique_ptr<Connection> connection) {
    auto const lifetime = options.lifetime.count();
    auto old_at = Clock::time_point::max();
    if (lifetime > 0) {
      std::uniform_int_distribution<std::chrono::milliseconds::rep> span(lifetime * 3 / 4, lifetime * 5 / 4);
      old_at = Clock::now() + std::chrono::milliseconds(span(random));
    }
    idle.push_back({std::move(connection), old_at});
  }

  Idle take_idle() {
    auto taken = std::move(idle.back());
    idle.pop_back();
    ++lent;
    return taken;
  }

  /// One that has come back is old: true where it is to be closed.
  bool is_replaced() {
    if (replacements > 0) {
      --replacements;
      return true;
    }
    if (is_replacing || Clock::now() < next_replacement) return false;
    is_replacing = true;
    try {
      std::thread([self = shared_from_this(), renewed = renewals] { self->run_replacement(renewed); }).detach();
    } catch (std::system_error const&) {
      is_replacing = false;
    }
    return false;
  }

  /// Opening may hang for ever: what has taken too long is given up, so that others get their turn.
  void give_up_old_attempts() {
    while (!attempts.empty() && Clock::now() - attempts.front() > options.opening) {
      attempts.pop_front();
      ++hanging;
      fail("the database does not answer to new connections");
    }
  }

  bool may_try() const {
    if (lent + attempts.size() >= options.limit || hanging >= options.limit) return false;
    return is_down ? attempts.empty() && Clock::now() >= next_try : attempts.size() < waiting;
  }

  void try_to_open() try {
    auto const begun = Clock::now();
    std::thread([self = shared_from_this(), begun, renewed = renewals] { self->run_attempt(begun, renewed); }).detach();
    attempts.push_back(begun);
  } catch (std::system_error const&) {
    fail("no thread for a new connection");
  }

  /// Without the lock.
  void run_attempt(Clock::time_point begun, std::uint64_t renewed) {
    std::unique_ptr<Connection> connection;
    std::string why;
    try {
      connection = open();
    } catch (soci::soci_error const& error) {
      why = error.get_error_message();
    } catch (std::exception const& error) {
      why = error.what();
    }
    std::lock_guard const lock(mutex);
    auto const attempt = std::find(attempts.begin(), attempts.end(), begun);
    if (attempt != attempts.end())
      attempts.erase(attempt);
    else
      --hanging;
    if (!connection) return fail(std::move(why));
    ++opened;
    is_down = false;
    bool const has_room = lent + idle.size() + attempts.size() < options.limit;
    if (has_room && !is_closed && renewed == renewals) keep(std::move(connection));
    tell();
  }

  /// Without the lock. What cannot be opened says nothing about the connections there are, nor to anybody who waits.
  void run_replacement(std::uint64_t renewed) {
    std::unique_ptr<Connection> connection;
    Idle old;  // closed without the lock
    try {
      connection = open_anew();
    } catch (std::exception const&) {
    }
    std::lock_guard const lock(mutex);
    is_replacing = false;
    if (!connection) {
      next_replacement = Clock::now() + options.opening;
      return;
    }
    ++opened;
    if (is_closed || renewed != renewals) return;
    auto const found =
        std::find_if(idle.begin(), idle.end(), [](Idle const& one) { return Clock::now() >= one.old_at; });
    if (found != idle.end()) {
      old = std::move(*found);
      idle.erase(found);
    } else {
      ++replacements;
    }
    keep(std::move(connection));
    tell();
  }
};

ConnectionPool::ConnectionPool(PoolOptions options, Open open, Open const& open_anew)
    : shared_(std::make_shared<Shared>(options, std::move(open), open_anew)) {}

ConnectionPool::~ConnectionPool() {
  Shared::Connections closed;
  std::lock_guard const lock(shared_->mutex);
  shared_->is_closed = true;
  closed.swap(shared_->idle);
}

ConnectionPool::Lease::~Lease() {
  if (connection_ && !connection_->is_usable()) connection_.reset();
  auto& shared = *pool_.shared_;
  std::lock_guard const lock(shared.mutex);
  --shared.lent;
  bool const is_good = connection_ && renewals_ == shared.renewals;
  bool const is_old = is_good && old_at_ != Clock::time_point::max() && Clock::now() >= old_at_;
  if (is_good && !(is_old && shared.is_replaced())) shared.idle.push_back({std::move(connection_), old_at_});
  shared.tell();
}

void ConnectionPool::Lease::lost() {
  connection_.reset();
  Shared::Connections suspects;
  std::lock_guard const lock(pool_.shared_->mutex);
  pool_.shared_->replacements = 0;
  suspects.swap(pool_.shared_->idle);
}

std::optional<ConnectionPool::Lease> ConnectionPool::take_idle() {
  std::lock_guard const lock(shared_->mutex);
  if (shared_->idle.empty()) return std::nullopt;
  auto [connection, old_at] = shared_->take_idle();
  return std::optional<Lease>(std::in_place, *this, std::move(connection), old_at, shared_->renewals);
}

std::optional<ConnectionPool::Lease> ConnectionPool::acquire(std::chrono::milliseconds limit,
                                                             std::stop_token const& gone) {
  auto& shared = *shared_;
  std::unique_lock lock(shared.mutex);
  auto const lend = [&] {
    auto [connection, old_at] = shared.take_idle();
    return std::optional<Lease>(std::in_place, *this, std::move(connection), old_at, shared.renewals);
  };
  if (!shared.idle.empty()) return lend();

  ++shared.waiting;
  struct Waiting {
    Shared& shared;
    ~Waiting() { --shared.waiting; }
  } const waiting{shared};
  auto const until = Clock::now() + limit;
  auto const failures = shared.not_opened;
  bool has_tried = false;
  while (!gone.stop_requested()) {
    if (!shared.idle.empty()) return lend();
    shared.give_up_old_attempts();
    // Where others have connections, one of them will come back.
    bool const is_hopeless = shared.is_down && shared.lent == 0;
    if (is_hopeless && shared.not_opened != failures) throw soci::soci_error(shared.reason);
    if (shared.may_try()) {
      shared.try_to_open();
      has_tried = true;
    } else if (is_hopeless && !has_tried) {
      throw soci::soci_error(shared.reason);
    }
    auto const now = Clock::now();
    if (now >= until) {
      if (has_tried && !shared.attempts.empty()) shared.fail("the database does not answer to new connections");
      break;
    }
    auto const wake = shared.is_down && shared.next_try > now ? std::min(until, shared.next_try) : until;
    shared.changed.wait_until(lock, gone, wake, [&, seen = shared.changes] { return shared.changes != seen; });
  }
  return std::nullopt;
}

void ConnectionPool::renew() {
  Shared::Connections old;  // declared first: closed when the lock is gone
  std::lock_guard const lock(shared_->mutex);
  ++shared_->renewals;
  shared_->replacements = 0;
  shared_->is_down = false;  // that was said of what was there before
  old.swap(shared_->idle);
  shared_->tell();
}

PoolCounts ConnectionPool::counts() const {
  auto const& shared = *shared_;
  std::lock_guard const lock(shared.mutex);
  return {shared.idle.size(), shared.lent,   shared.attempts.size() + shared.hanging,
          shared.waiting,     shared.opened, shared.not_opened};
}

}  // namespace restapi::store
