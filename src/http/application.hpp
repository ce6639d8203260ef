// SPDX-License-Identifier: MIT
/// What the HTTP server serves, as seen by its worker threads.
///
/// A request is first attempted: most can be answered at once, the others leave Work. The server attempts many requests
/// together and keeps a thread free for that, so that neither a slow statement nor a queue of them delays what can be
/// answered at once.
#pragma once

#include <any>
#include <cstddef>
#include <functional>
#include <list>
#include <memory>
#include <span>
#include <utility>
#include <variant>

#include "base/error.hpp"
#include "http/message.hpp"
#include "http/reply.hpp"
#include "http/shared_reply.hpp"

namespace restapi::http {

/// What is left to do for one request. Made by an attempt; run once, or destroyed without that, on any thread.
class Work {
 public:
  virtual ~Work() = default;

  /// May take as long as the database does. Must not throw.
  virtual Reply run() = 0;

  /// Whose work it is. The work of one owner never occupies all workers, however slow it is. Null: there is one owner
  /// only.
  virtual void const* owner() const { return nullptr; }

  /// Work with the same pipeline, which has the same owner, may be begun together. Null: it has no pipeline.
  virtual void const* pipeline() const { return nullptr; }

  /// Begins `all`, which have the same pipeline and include this one: that costs less than beginning one by one.
  /// Returns how many have begun: so many, from the first on, are run() next, on this thread. The others are run later,
  /// and have no pipeline then. Must not throw.
  virtual std::size_t begin(std::span<Work* const> all) { return all.size(); }
};

/// Another request is making the same answer: when its work has ended, its reply is given here as well, or this one is
/// attempted again.
struct InProgress {
  std::weak_ptr<void const> work = {};            ///< expires with the Work
  std::shared_ptr<SharedReply const> reply = {};  ///< null, or without one: to be attempted again
};

/// Takes the answer of a request that nothing can be said to yet. The client waits for it until it leaves.
class LateAnswer {
 public:
  explicit LateAnswer(std::weak_ptr<net::Connection> connection) : connection_(std::move(connection)) {}

  /// Once. Any thread.
  void give(Reply reply) const;

  /// The client has left.
  bool is_unwanted() const { return connection_.expired(); }

 private:
  std::weak_ptr<net::Connection> connection_;
};

/// There is nothing to say yet, and no worker is needed to find that out: `begin` is called once, at once, and arranges
/// for the answer. It must not throw.
struct Later {
  std::function<void(LateAnswer)> begin;

  /// A client that sends no more has left: its connection ends, and stop is requested of Request::gone. Otherwise it
  /// still gets its answer.
  bool ends_with_client = false;
};

using Attempt = std::variant<Reply, std::unique_ptr<Work>, InProgress, Later>;

/// Requests that had all arrived before the batch was made. What is found out for one of them (the state of a database)
/// holds for the others as well, and may be kept here. One thread.
class Batch {
 public:
  /// What `finder` has found out; at first a default Findings.
  template <class Findings>
  Findings& of(void const* finder) {
    for (auto& [who, findings] : findings_)
      if (who == finder) return *std::any_cast<Findings>(&findings);
    return *std::any_cast<Findings>(&findings_.emplace_back(finder, Findings()).second);
  }

 private:
  std::list<std::pair<void const*, std::any>> findings_ = {};  // few; stay where they are
};

/// All calls may come from several threads at once and must not throw.
class Application {
 public:
  virtual ~Application() = default;

  /// How many bytes of a request's body are kept for it, once its head is there; 0: none, a body is dropped. On an I/O
  /// thread: it may look at nothing but the head.
  virtual std::size_t body_limit(Request const& /*head*/) const { return 0; }

  /// Answers what takes microseconds. `may_wait`: InProgress may be returned.
  virtual Attempt attempt(Request const& request, Batch& batch, bool may_wait) = 0;

  /// The answer where no request could be read (codes 5xx of the catalogue).
  virtual Reply refuse(Error const& error) = 0;
};

}  // namespace restapi::http
