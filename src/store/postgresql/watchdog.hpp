// SPDX-License-Identifier: MIT
/// Ends statements from outside. A thread that waits in libpq for an answer cannot look at a clock, nor learn that its
/// client has left; and the server's own time limit is of no use where the server is stopped or the network swallows
/// packets. One thread of a store does both for all connections: it asks for the cancellation of statements whose
/// client has left, and cuts connections whose answer is overdue.
///
/// A cancellation never meets a later statement: end() waits until the request has been delivered, and where it is
/// not delivered in time, the connection is cut.
#pragma once

#include <chrono>
#include <condition_variable>
#include <future>
#include <memory>
#include <mutex>
#include <optional>
#include <stop_token>
#include <thread>
#include <vector>

namespace restapi::store {

/// Lives as long as the last Watch that shares it.
class Watchdog {
 public:
  /// Between the wish that a statement ends and the cutting of its connection.
  static constexpr std::chrono::milliseconds grace{2'000};

  /// A connection, as seen from other threads. All calls are safe while its owner uses or closes it.
  class Subject {
   public:
    virtual ~Subject() = default;
    /// Asks the server to stop the statement, and returns when it has been told. May block for long.
    virtual void cancel() = 0;
    /// Ends the connection: whoever waits for it gets an error. Does not block.
    virtual void cut() = 0;
  };

  struct Outcome {
    bool was_cancelled = false;  ///< the client had left, or time was up; the statement may have been complete by then
    bool was_cut = false;        ///< the connection is of no more use
  };

  /// One for each connection. begin() and end() surround a statement; both are called by the thread that runs it.
  class Watch {
   public:
    Watch(std::shared_ptr<Watchdog> watchdog, std::shared_ptr<Subject> subject);
    ~Watch();  ///< requires: not between begin() and end()
    Watch(Watch const&) = delete;
    Watch& operator=(Watch const&) = delete;

    /// The connection is cut after `patience`. Once `gone` is requested to stop, the statement is cancelled, again and
    /// again until it ends (a request that comes before the statement has no effect), and cut after the grace.
    void begin(std::chrono::milliseconds limits, std::stop_token gone);

    /// The statement is cancelled after `patience`, as if its client had left then.
    void begin_briefly(std::chrono::milliseconds limits);
    Outcome end();

   private:
    friend class Watchdog;
    using Clock = std::chrono::steady_clock;
    struct OnGone {
      Watch* watch;
      void operator()() const { watch->want_cancel(); }
    };

    void begin(std::chrono::milliseconds limits, bool is_brief, std::stop_token gone);
    void want_cancel();
    // Both require the watchdog's lock.
    Clock::time_point attend(Clock::time_point now);  // gives when to come again
    void send_cancel();

    std::shared_ptr<Watchdog> const watchdog_;
    std::shared_ptr<Subject> const subject_;
    std::optional<std::stop_callback<OnGone>> on_gone_;
    // Guarded by the watchdog's lock.
    bool running_ = false;
    bool was_cut_ = false;
    bool wants_cancel_ = false;
    bool is_brief_ = false;  // the deadline is that of a cancellation
    Clock::time_point deadline_;
    Clock::time_point next_cancel_;
    std::shared_future<void> sent_;  // of the last cancellation
  };

  Watchdog();   ///< starts the thread
  ~Watchdog();  ///< ends it
  Watchdog(Watchdog const&) = delete;
  Watchdog& operator=(Watchdog const&) = delete;

 private:
  void run();

  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<Watch*> watches_;
  Watch::Clock::time_point wakes_at_ = Watch::Clock::time_point::max();
  bool stopping_ = false;
  std::thread thread_;
};

}  // namespace restapi::store
