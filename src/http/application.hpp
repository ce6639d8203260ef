// SPDX-License-Identifier: MIT
/// What the HTTP server serves, as seen by its worker threads.
///
/// A request is first attempted: most can be answered at once, some leave Work. The server runs attempts for many
/// requests in one go and keeps a thread free for them, so that neither a slow statement nor a queue of them delays
/// what can be answered at once.
#pragma once

#include <any>
#include <cstddef>
#include <list>
#include <memory>
#include <span>
#include <utility>
#include <variant>

#include "base/error.hpp"
#include "http/message.hpp"
#include "http/reply.hpp"

namespace restapi::http {

/// What is left to do for one request. Made by an attempt, run once or dropped unrun, on any thread.
class Work {
 public:
  virtual ~Work() = default;

  /// May take as long as the database does. Must not throw.
  virtual Reply run() = 0;

  /// Whose work it is: nobody's takes all workers, however slow it is. Null: there are no others.
  virtual void const* owner() const { return nullptr; }

  /// Pieces of work with the same pipeline, which are of one owner, may be begun together. Null: it has none.
  virtual void const* pipeline() const { return nullptr; }

  /// Begins `all`, which have the same pipeline, this piece among them: that costs less than each for itself. The first
  /// so many as it says are run() next, on this thread. The others are still to be run as well, but have no pipeline
  /// any more. Must not throw.
  virtual std::size_t begin(std::span<Work* const> all) { return all.size(); }
};

/// Somebody is working on the same answer: attempt again when that has ended.
struct InProgress {
  std::weak_ptr<void const> work;  ///< expires with the Work
};

using Attempt = std::variant<Reply, std::unique_ptr<Work>, InProgress>;

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

  /// Answers what takes microseconds. `may_wait`: InProgress is welcome.
  virtual Attempt attempt(Request const& request, Batch& batch, bool may_wait) = 0;

  /// The answer where no request could be read (codes 5xx of the catalogue).
  virtual Reply refuse(Error const& error) = 0;
};

}  // namespace restapi::http
