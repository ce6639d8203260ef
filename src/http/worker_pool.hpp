// SPDX-License-Identifier: MIT
/// Threads that call the Application, so that I/O threads never wait for it.
///
/// The queues are bounded by the number of connections: each has at most one request here. Work is bounded more
/// narrowly: beyond the limit a request whose attempt leaves Work is refused at once (Code::overloaded), instead of
/// waiting until its client has lost patience. Which one that is: the last of the owner that has most in the queue, and
/// of its clients that of the one who has most there, so that nobody fills it for all.
///
/// Owners take turns, and so do the clients of each: whoever sends many requests at once waits for them, not others.
#pragma once

#include <algorithm>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <mutex>
#include <thread>
#include <unordered_map>
#include <utility>
#include <variant>
#include <vector>

#include "http/application.hpp"
#include "net/connection.hpp"

namespace restapi::http {

struct WorkerCounts {
  std::uint64_t requests = 0;  ///< since the start, faults included
  std::uint64_t shed = 0;      ///< since the start: refused because there was too much work
  std::size_t queued = 0;      ///< now: for an attempt, for work, or for somebody else's work
  std::size_t working = 0;     ///< now: being worked on
};

class WorkerPool {
 public:
  /// One that works, and one that stays free for attempts.
  static constexpr unsigned least_workers = 2;

  /// Starts the threads, least_workers or more. `max_work`: pieces of Work, queued or under way. The application must
  /// outlive the pool.
  WorkerPool(unsigned workers, std::size_t max_work, Application& application);
  ~WorkerPool();  ///< stop()
  WorkerPool(WorkerPool const&) = delete;
  WorkerPool& operator=(WorkerPool const&) = delete;

  /// Queues a request to answer, or a fault to refuse; the answer goes to the connection as an AnswerEvent. Any thread.
  void submit(std::weak_ptr<net::Connection> connection, std::variant<Request, Error> task);

  WorkerCounts counts() const;  ///< any thread

  /// Ends the threads after the answers they are at; what is still queued is dropped. May be called twice.
  void stop();

 private:
  struct Arrival {
    std::weak_ptr<net::Connection> connection;
    std::variant<Request, Error> task;
    bool has_waited = false;  // for somebody else's Work, once
  };
  struct Waiting {
    Arrival arrival;
    std::weak_ptr<void const> work;
  };
  struct Rest {
    std::weak_ptr<net::Connection> connection;
    std::unique_ptr<Work> work;
    std::uint64_t client;
  };

  void run();
  std::deque<Rest>::iterator next_rest();
  unsigned workers_of(void const* owner) const;
  bool may_work(Rest const& rest) const;
  std::vector<Rest> take_work();
  bool can_work() const {
    return working_ < max_working_ && std::ranges::any_of(rests_, [this](auto const& rest) { return may_work(rest); });
  }
  bool can_attempt() const { return !arrivals_.empty() && attempting_ < max_attempting_; }
  bool has_something() const { return can_attempt() || can_work(); }
  void begin_for(void const* owner);
  void end_for(void const* owner);
  bool wake_another();
  void recall();
  void attempt(std::vector<Arrival> batch);
  std::vector<Rest> keep_what_fits(std::vector<Rest> rests);
  std::deque<Rest>::iterator place_for(Rest const& newcomer);
  std::vector<Rest> work(std::vector<Rest> rests);

  // So many taken at once: enough to share the cost of what is found out for all, few enough to leave other workers
  // some.
  static constexpr std::size_t max_batch = 32;

  // Few workers attempt at once, so that batches are large: what arrives while one of them waits for the database is
  // answered with one statement. Attempts take microseconds; one thread does some 200 000 a second.
  static constexpr unsigned workers_per_attempting = 8;

  // Beyond so many, all clients are new ones again.
  static constexpr std::size_t most_known_clients = 4096;

  // Work that is begun together. More would save little, and all of it waits for the slowest.
  static constexpr std::size_t max_pipeline = 8;

  Application& application_;
  unsigned const max_working_;  // one worker fewer than there are stays free for attempts
  unsigned const spare_;        // of these, kept for owners who have none
  unsigned const max_attempting_;
  std::size_t const max_work_;
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<Arrival> arrivals_;
  std::deque<Rest> rests_;
  std::vector<Waiting> waiting_;
  std::uint64_t requests_ = 0;
  std::uint64_t shed_ = 0;
  unsigned working_ = 0;                                           // workers, …
  std::size_t under_way_ = 0;                                      // … and what they are at
  std::vector<std::pair<void const*, unsigned>> working_for_;      // each owner of work under way, how much of it
  std::map<void const*, std::uint64_t> last_turns_;                // of owners, when each was last given a worker
  std::unordered_map<std::uint64_t, std::uint64_t> client_turns_;  // likewise, of clients
  std::uint64_t turns_ = 0;
  unsigned attempting_ = 0;
  unsigned busy_ = 0;  // with work or attempts
  bool is_turn_of_work_ = false;
  unsigned idle_ = 0;
  bool waking_ = false;  // a worker has been notified and has not come yet
  bool stopping_ = false;
  std::vector<std::thread> threads_;
};

}  // namespace restapi::http
