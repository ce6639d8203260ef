// SPDX-License-Identifier: MIT
/// Threads that call the Application, so that I/O threads never wait for it.
///
/// A request is first queued for an attempt. If that leaves Work, it becomes a job, which is queued for a worker. If
/// another job is making the same answer already, the request waits for the end of that job and is attempted again.
///
/// The queues are bounded by the number of connections: each has at most one request here. Jobs are bounded more
/// narrowly: beyond the limit one is rejected at once (Code::overloaded), not after its client has lost patience. It is
/// the last one of the owner with most jobs in the queue, and among these of the client with most: so nobody fills the
/// queue for all others.
///
/// Owners take turns, and so do the clients of each: whoever sends many requests at once delays only himself.
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
  std::uint64_t shed = 0;      ///< since the start: rejected because there were too many jobs
  std::size_t queued = 0;      ///< now: for an attempt, for a worker, or for another request's job
  std::size_t working = 0;     ///< jobs that are being run now
};

class WorkerPool {
 public:
  /// One that works, and one that stays free for attempts.
  static constexpr unsigned least_workers = 2;

  /// Starts the threads, least_workers or more. `max_jobs`: queued and running. The application must outlive the pool.
  WorkerPool(unsigned workers, std::size_t max_jobs, Application& application);
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
    bool has_waited = false;                        // for another request's job, once
    std::shared_ptr<SharedReply const> reply = {};  // of that one
  };
  struct Waiting {
    Arrival arrival;
    std::weak_ptr<void const> work;
  };
  /// Work, and who gets the answer.
  struct Job {
    std::weak_ptr<net::Connection> connection;
    std::unique_ptr<Work> work;
    std::uint64_t client;
    std::uint64_t queued_at = 0;  // turns that there had been
  };

  void run();
  std::deque<Job>::iterator next_job();
  unsigned workers_of(void const* owner) const;
  bool may_run(Job const& job) const;
  std::vector<Job> take_jobs();
  bool can_run() const {
    return working_ < max_working_ && std::ranges::any_of(jobs_, [this](auto const& job) { return may_run(job); });
  }
  bool can_attempt() const { return !arrivals_.empty() && attempting_ < max_attempting_; }
  bool has_something() const { return can_attempt() || can_run(); }
  void begin_for(void const* owner);
  void end_for(void const* owner);
  bool wake_another();
  void requeue_waiting();
  void attempt(std::vector<Arrival> batch);
  void attempt(Arrival& arrival, Batch& together, std::vector<Job>& jobs, std::vector<Waiting>& waiting);
  std::vector<Job> enqueue(std::vector<Job> jobs);
  std::deque<Job>::iterator job_to_displace_for(Job const& newcomer);
  std::vector<Job> run_jobs(std::vector<Job> jobs);

  // Requests that are attempted together: enough to share the cost of what is looked up for all, few enough to leave
  // some to other workers.
  static constexpr std::size_t max_batch = 32;

  // Few workers attempt at once, so that batches are large: what arrives while one of them waits for the database is
  // answered with one statement. Attempts take microseconds; one thread does some 200 000 a second.
  static constexpr unsigned workers_per_attempting = 8;

  // The turns of so many clients are remembered; beyond, all are forgotten.
  static constexpr std::size_t most_known_clients = 4096;

  // Jobs of one pipeline. More would save little, and all of them wait for the slowest.
  static constexpr std::size_t max_pipeline = 8;

  Application& application_;
  unsigned const max_working_;  // one worker fewer than there are stays free for attempts
  unsigned const spare_;        // of these, kept for owners who have none
  unsigned const max_attempting_;
  std::size_t const max_jobs_;
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<Arrival> arrivals_;  // requests, for an attempt
  std::deque<Job> jobs_;          // left by attempts, for a worker
  std::vector<Waiting> waiting_;  // requests, for the end of a job
  std::uint64_t requests_ = 0;
  std::uint64_t shed_ = 0;
  unsigned working_ = 0;                                           // workers that run jobs, …
  std::size_t running_jobs_ = 0;                                   // … and their jobs
  std::vector<std::pair<void const*, unsigned>> working_for_;      // owners of running jobs, and their workers
  std::map<void const*, std::uint64_t> last_turns_;                // of owners, when each was last given a worker
  std::unordered_map<std::uint64_t, std::uint64_t> client_turns_;  // of clients: turns that there were after the last
  std::uint64_t turns_ = 0;
  unsigned attempting_ = 0;
  unsigned busy_ = 0;  // workers that run jobs or attempt
  bool is_turn_of_jobs_ = false;
  unsigned idle_ = 0;
  bool waking_ = false;  // a worker has been notified and is not running yet
  bool stopping_ = false;
  std::vector<std::thread> threads_;
};

}  // namespace restapi::http
