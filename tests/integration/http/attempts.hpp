// SPDX-License-Identifier: MIT
/// An application whose attempts and work do what their targets say, and a server of it.
#pragma once

#include <algorithm>
#include <catch2/catch.hpp>
#include <condition_variable>
#include <map>
#include <memory>
#include <mutex>
#include <new>
#include <set>
#include <string>
#include <vector>

#include "test_application.hpp"

namespace restapi::test {

/// "/now…": answered by the attempt · "/busy": the same, after a while · "/work/quick…": Work that is done at once ·
/// "/work/<key>…": Work, which waits for release(), and in progress for others of that key · "/hold": an attempt that
/// waits for release(); "/no_memory…": an attempt that throws std::bad_alloc · what is left behind a "!" in the target
/// owns it · "/batch": says how many requests its batch's findings saw · "/pipeline…": Work that has the pipeline of
/// its kind.
class Attempts final : public http::Application {
 public:
  http::Attempt attempt(http::Request const& request, http::Batch& batch, bool may_wait) override {
    auto const& target = request.target;
    std::unique_lock lock(mutex_);
    ++attempts_[target];
    changed_.notify_all();
    if (target.starts_with("/no_memory")) throw std::bad_alloc();
    if (target.starts_with("/hold")) {
      wait_for_release(lock);
      return respond(target);
    }
    if (target.starts_with("/batch")) {
      auto& found = batch.of<std::optional<int>>(this);
      if (!found) found = attempts_["/batch"];
      return respond(std::to_string(*found));
    }
    if (target.starts_with("/pipeline")) return std::make_unique<Pipelined>(*this, target);
    if (target == "/busy") {
      lock.unlock();
      auto const until = std::chrono::steady_clock::now() + std::chrono::microseconds{300};
      while (std::chrono::steady_clock::now() < until) continue;
    }
    if (!target.starts_with("/work")) return respond(target);
    auto const key = target.substr(0, target.find('?'));
    if (finished_.contains(key)) return respond("found " + target);
    if (!in_progress_.contains(key)) {
      auto work = std::make_unique<Claimed>(*this, key, target);
      in_progress_[key] = work->claim;
      return work;
    }
    if (may_wait) {
      ++waits_;
      return http::InProgress{in_progress_[key]};
    }
    return std::make_unique<Claimed>(*this, "", target);
  }

  http::Reply refuse(Error const&) override { return http::Response{400, {}, {}}; }

  static http::Response respond(std::string text) { return {200, {}, std::move(text)}; }

  /// What is being worked on or held goes on; for good, or until hold().
  void release() {
    std::lock_guard const lock(mutex_);
    released_ = true;
    changed_.notify_all();
  }

  template <class Condition>
  bool wait_until(Condition condition) {
    std::unique_lock lock(mutex_);
    return changed_.wait_for(lock, std::chrono::seconds{20}, condition);
  }
  bool wait_for_attempts(std::string const& target, int count) {
    return wait_until([&] { return attempts_[target] >= count; });
  }
  bool wait_for_work(int count) {
    return wait_until([&] { return runs_ >= count; });
  }
  bool wait_for_drop(int count) {
    return wait_until([&] { return drops_ >= count; });
  }

  int runs() const { return locked(runs_); }
  std::vector<std::string> order() const {
    std::lock_guard const lock(mutex_);
    return order_;
  }
  int drops() const { return locked(drops_); }
  int waits() const { return locked(waits_); }
  int attempts(std::string const& target) {
    std::lock_guard const lock(mutex_);
    return attempts_[target];
  }
  std::vector<std::size_t> pipelines() const {
    std::lock_guard const lock(mutex_);
    return pipelines_;
  }
  bool succeeds = true;          ///< work leaves an answer behind for those who wait
  std::size_t begins_most = 99;  ///< of a pipeline

 private:
  struct Pipelined final : http::Work {
    Pipelined(Attempts& owner, std::string what) : application(owner), target(std::move(what)) {}
    ~Pipelined() override {
      std::lock_guard const lock(application.mutex_);  // as whatever a destructor may do
    }
    http::Reply run() override { return respond((is_begun ? "begun " : "made ") + target); }
    void const* pipeline() const override { return has_pipeline ? &application.pipelines_ : nullptr; }
    std::size_t begin(std::span<Work* const> all) override {
      std::lock_guard const lock(application.mutex_);
      application.pipelines_.push_back(all.size());
      auto const begun = std::min(all.size(), application.begins_most);
      for (std::size_t i = 0; i < all.size(); ++i) {
        static_cast<Pipelined&>(*all[i]).has_pipeline = false;
        static_cast<Pipelined&>(*all[i]).is_begun = i < begun;
      }
      return begun;
    }
    Attempts& application;
    std::string target;
    bool has_pipeline = true, is_begun = false;
  };

  struct Claimed final : http::Work {
    Claimed(Attempts& owner, std::string what, std::string whole)
        : application(owner), key(std::move(what)), target(std::move(whole)) {}
    ~Claimed() override {
      std::lock_guard const lock(application.mutex_);
      application.in_progress_.erase(key);
      if (!has_run) ++application.drops_;
      application.changed_.notify_all();
    }
    http::Reply run() override {
      std::unique_lock lock(application.mutex_);
      has_run = true;
      ++application.runs_;
      application.order_.push_back(target);
      application.changed_.notify_all();
      if (!target.starts_with("/work/quick")) application.wait_for_release(lock);
      if (application.succeeds && !key.empty()) application.finished_.insert(key);
      return respond("made " + target);
    }
    void const* owner() const override {
      auto const mark = target.find('!');
      if (mark == target.npos) return nullptr;
      std::lock_guard const lock(application.mutex_);
      return &*application.owners_.insert(target.substr(mark)).first;
    }
    Attempts& application;
    std::string key, target;
    std::shared_ptr<int> claim = std::make_shared<int>(0);
    bool has_run = false;
  };

  int locked(int const& value) const {
    std::lock_guard const lock(mutex_);
    return value;
  }
  void wait_for_release(std::unique_lock<std::mutex>& lock) {
    changed_.wait_for(lock, std::chrono::seconds{20}, [this] { return released_; });
  }

  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::map<std::string, int> attempts_;
  std::map<std::string, std::weak_ptr<int>> in_progress_;
  std::vector<std::size_t> pipelines_;  // sizes
  std::vector<std::string> order_;      // of work that was begun
  std::set<std::string> finished_, owners_;
  int runs_ = 0, drops_ = 0, waits_ = 0;
  bool released_ = false;
};

struct Served {
  explicit Served(unsigned workers, std::size_t max_requests = 1024)
      : server({.port = 0,
                .workers = workers,
                .max_requests = max_requests,
                .client_of =
                    [](http::Request const& request) {
                      return http::find_header(request.headers, "X-Client").value_or(request.peer_address);
                    }},
               application),
        port(server.start()) {}
  ~Served() { application.release(); }

  SocketClient ask(std::string const& target) const {
    SocketClient client(port);
    REQUIRE(client.send(get(target)));
    return client;
  }
  SocketClient ask_as(std::string const& who, std::string const& target) const {
    SocketClient client(port);
    REQUIRE(client.send("GET " + target + " HTTP/1.1\r\nHost: h\r\nX-Client: " + who + "\r\n\r\n"));
    return client;
  }
  std::string answer(std::string const& target) const { return body_of(ask(target)); }
  /// Until work of all requests that the server counts is queued. Requires: one worker at a time makes attempts.
  void finish_attempts() const {
    // The first may be of the same batch as they are, and is answered before their work is queued; the second is not.
    for (int round = 0; round < 2; ++round) CHECK(answer("/now") == "/now");
  }
  static std::string body_of(SocketClient client) {
    auto const received = client.receive();
    return received ? received->body : "nothing";
  }

  Attempts application;
  http::HttpServer server;
  std::uint16_t port;
};

}  // namespace restapi::test
