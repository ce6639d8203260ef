// SPDX-License-Identifier: MIT
// Attempts, work and waiting, seen from clients: what the worker pool promises in http/application.hpp.
#include <algorithm>
#include <catch2/catch.hpp>
#include <set>

#include "test_application.hpp"

using namespace restapi;
using namespace restapi::test;

namespace {

/// "/now…": answered by the attempt · "/busy": the same, after a while · "/work/quick…": Work that is done at once ·
/// "/work/<key>…": Work, which waits for release(), and in progress for others of that key · "/hold": an attempt that
/// waits for release(); what is left behind a "!" in the target owns it · "/batch": says how many requests its batch's
/// findings saw · "/pipeline…": Work that has the pipeline of its kind.
class Attempts final : public http::Application {
 public:
  http::Attempt attempt(http::Request const& request, http::Batch& batch, bool may_wait) override {
    auto const& target = request.target;
    std::unique_lock lock(mutex_);
    ++attempts_[target];
    changed_.notify_all();
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
  static std::string body_of(SocketClient client) {
    auto const received = client.receive();
    return received ? received->body : "nothing";
  }

  Attempts application;
  http::HttpServer server;
  std::uint16_t port;
};

}  // namespace

TEST_CASE("work that is held up, and a queue of it, delays no attempt", "[http][attempts]") {
  Served served(3);
  std::vector<SocketClient> slow;
  for (int i = 0; i < 10; ++i) slow.push_back(served.ask("/work/" + std::to_string(i)));
  REQUIRE(served.application.wait_for_work(2));
  for (int i = 0; i < 50; ++i) CHECK(served.answer("/now") == "/now");
  CHECK(served.application.runs() == 2);  // the third worker stays free
  served.application.release();
  for (std::size_t i = 0; i < slow.size(); ++i)
    CHECK(Served::body_of(std::move(slow[i])) == "made /work/" + std::to_string(i));
}

TEST_CASE("work of one owner leaves workers for another's", "[http][attempts]") {
  Served served(6);
  std::vector<SocketClient> slow;
  for (int i = 0; i < 20; ++i) slow.push_back(served.ask("/work/" + std::to_string(i) + "!slow"));
  REQUIRE(served.application.wait_for_work(3));
  for (int i = 0; i < 20; ++i) {
    auto const target = "/work/quick" + std::to_string(i) + "!other";
    CHECK(served.answer(target) == "made " + target);
  }
  CHECK(served.application.runs() == 3 + 20);  // of five that work
  served.application.release();
  for (std::size_t i = 0; i < slow.size(); ++i)
    CHECK(Served::body_of(std::move(slow[i])) == "made /work/" + std::to_string(i) + "!slow");
}

TEST_CASE("owners take turns, however much work each of them has", "[http][attempts]") {
  Served served(4);
  std::vector<SocketClient> slow;
  for (auto const* owner : {"!a", "!b", "!c"})
    for (int i = 0; i < 8; ++i) slow.push_back(served.ask("/work/" + std::to_string(i) + owner));
  REQUIRE(served.application.wait_for_work(3));
  REQUIRE(comes_true([&] { return served.server.counts().queued == 24 - 3; }));
  auto last = served.ask("/work/last!d");
  REQUIRE(comes_true([&] { return served.server.counts().queued == 24 - 3 + 1; }));
  served.application.release();
  CHECK(Served::body_of(std::move(last)) == "made /work/last!d");
  for (auto& client : slow) CHECK(Served::body_of(std::move(client)).starts_with("made "));
  auto const order = served.application.order();
  auto const place = std::ranges::find(order, "/work/last!d") - order.begin();
  CHECK(place < 3 + 3);  // behind what was under way, and one of each other owner at most
}

TEST_CASE("clients take turns, however many requests each of them has sent", "[http][attempts]") {
  for (std::string const owner : {"", "!owner"}) {  // of one profile, and of one of several
    Served served(3);
    std::vector<SocketClient> many;
    for (int i = 0; i < 20; ++i) many.push_back(served.ask_as("greedy", "/work/" + std::to_string(i) + owner));
    REQUIRE(served.application.wait_for_work(1));
    REQUIRE(comes_true([&] { return served.server.counts().queued + served.server.counts().working == 20; }));
    auto const working = served.server.counts().working;
    auto other = served.ask_as("other", "/work/other" + owner);
    auto third = served.ask_as("third", "/work/third" + owner);
    REQUIRE(comes_true([&] { return served.server.counts().queued == 22 - working; }));
    served.application.release();
    CHECK(Served::body_of(std::move(other)) == "made /work/other" + owner);
    CHECK(Served::body_of(std::move(third)) == "made /work/third" + owner);
    for (auto& client : many) CHECK(Served::body_of(std::move(client)).starts_with("made "));
    auto const order = served.application.order();
    for (auto const* name : {"/work/other", "/work/third"}) {
      auto const place = std::ranges::find(order, name + owner) - order.begin();
      CHECK(place < static_cast<std::ptrdiff_t>(working) + 3);
    }
  }
}

TEST_CASE("a client whose requests fill the queue gives places up to others", "[http][attempts]") {
  constexpr std::size_t limit = 20;
  Served served(2, limit);
  std::vector<SocketClient> many;
  for (int i = 0; i < 30; ++i) many.push_back(served.ask_as("greedy", "/work/" + std::to_string(i)));
  REQUIRE(served.application.wait_for_work(1));
  REQUIRE(comes_true([&] { return served.server.counts().shed == 10; }));
  auto other = served.ask_as("other", "/work/other");
  REQUIRE(comes_true([&] { return served.server.counts().shed == 11; }));
  served.application.release();
  CHECK(Served::body_of(std::move(other)) == "made /work/other");
  std::size_t answered = 0;
  for (auto& client : many) answered += Served::body_of(std::move(client)).starts_with("made ");
  CHECK(answered == limit - 1);
}

TEST_CASE("an owner whose work fills the queue gives places up to others", "[http][attempts]") {
  constexpr std::size_t limit = 20;
  Served served(2, limit);
  std::vector<SocketClient> slow;
  for (int i = 0; i < 30; ++i) slow.push_back(served.ask("/work/" + std::to_string(i) + "!greedy"));
  REQUIRE(served.application.wait_for_work(1));
  REQUIRE(comes_true([&] { return served.server.counts().shed == 10; }));
  std::vector<SocketClient> others;
  for (int i = 0; i < 15; ++i) others.push_back(served.ask("/work/" + std::to_string(i) + "!other"));
  REQUIRE(comes_true([&] { return served.server.counts().shed == 25; }));
  served.application.release();
  // One is under way; of the 19 that are queued each has as good as a half.
  std::size_t answered = 0;
  for (auto& client : others) answered += Served::body_of(std::move(client)).starts_with("made ");
  CHECK(answered == 9);
  for (auto& client : slow) answered += Served::body_of(std::move(client)).starts_with("made ");
  CHECK(answered == limit);
}

TEST_CASE("however few workers are asked for, one stays free for attempts", "[http][attempts]") {
  for (unsigned const workers : {0u, 1u, 2u}) {
    Served served(workers);
    auto slow = served.ask("/work/slow");
    REQUIRE(served.application.wait_for_work(1));
    auto queued = served.ask("/work/queued");
    for (int i = 0; i < 20; ++i) CHECK(served.answer("/now") == "/now");
    CHECK(served.application.runs() == 1);
    served.application.release();
    CHECK(Served::body_of(std::move(slow)) == "made /work/slow");
    CHECK(Served::body_of(std::move(queued)) == "made /work/queued");
  }
}

TEST_CASE("the same work is done once, and those who wait find it", "[http][attempts]") {
  Served served(4);
  auto first = served.ask("/work/a?0");
  REQUIRE(served.application.wait_for_work(1));
  std::vector<SocketClient> others;
  for (int i = 1; i < 20; ++i) others.push_back(served.ask("/work/a?" + std::to_string(i)));
  for (int i = 1; i < 20; ++i) REQUIRE(served.application.wait_for_attempts("/work/a?" + std::to_string(i), 1));
  served.application.release();
  CHECK(Served::body_of(std::move(first)) == "made /work/a?0");
  for (std::size_t i = 0; i < others.size(); ++i)
    CHECK(Served::body_of(std::move(others[i])) == "found /work/a?" + std::to_string(i + 1));
  CHECK(served.application.runs() == 1);
  CHECK(served.application.waits() == 19);
}

TEST_CASE("other work that ends meanwhile is no reason to do the same work twice", "[http][attempts]") {
  Served served(4);
  auto first = served.ask("/work/a?0");
  REQUIRE(served.application.wait_for_work(1));
  auto second = served.ask("/work/a?1");
  REQUIRE(served.application.wait_for_attempts("/work/a?1", 1));
  for (int i = 0; i < 10; ++i) {
    auto const target = "/work/quick/" + std::to_string(i);
    CHECK(served.answer(target) == "made " + target);
  }
  served.application.release();
  CHECK(Served::body_of(std::move(first)) == "made /work/a?0");
  CHECK(Served::body_of(std::move(second)) == "found /work/a?1");
}

TEST_CASE("where the work leaves nothing behind, those who waited do it themselves", "[http][attempts]") {
  Served served(3);
  served.application.succeeds = false;
  auto first = served.ask("/work/a?0");
  REQUIRE(served.application.wait_for_work(1));
  std::vector<SocketClient> others;
  for (int i = 1; i < 5; ++i) others.push_back(served.ask("/work/a?" + std::to_string(i)));
  for (int i = 1; i < 5; ++i) REQUIRE(served.application.wait_for_attempts("/work/a?" + std::to_string(i), 1));
  served.application.release();
  CHECK(Served::body_of(std::move(first)) == "made /work/a?0");
  for (std::size_t i = 0; i < others.size(); ++i)
    CHECK(Served::body_of(std::move(others[i])) == "made /work/a?" + std::to_string(i + 1));
  CHECK(served.application.waits() == 4);  // each once
  CHECK(served.application.runs() == 5);
}

TEST_CASE("work whose client has left is not done, and those who wait for it are answered", "[http][attempts]") {
  Served served(2);
  auto running = served.ask("/work/a");  // the only worker for work is at it
  REQUIRE(served.application.wait_for_work(1));
  auto leaving = served.ask("/work/b?0");
  REQUIRE(served.application.wait_for_attempts("/work/b?0", 1));
  auto waiting = served.ask("/work/b?1");
  REQUIRE(served.application.wait_for_attempts("/work/b?1", 1));
  leaving.reset();
  // The server has seen the reset once it has answered somebody who came after it, on each of its I/O threads.
  for (int i = 0; i < 4; ++i) CHECK(served.answer("/now") == "/now");
  served.application.release();
  CHECK(Served::body_of(std::move(running)) == "made /work/a");
  CHECK(Served::body_of(std::move(waiting)) == "made /work/b?1");
  CHECK(served.application.drops() == 1);
}

TEST_CASE("work with one pipeline is begun together, and what was not begun is done alone", "[http][attempts]") {
  for (std::size_t const begins_most : {99, 3, 0}) {
    Served served(2);
    served.application.begins_most = begins_most;
    auto running = served.ask("/work/a");  // the only worker for work is at it
    REQUIRE(served.application.wait_for_work(1));
    std::vector<SocketClient> clients;
    auto const ask = [&](std::string const& target) {
      clients.push_back(served.ask(target));
      REQUIRE(served.application.wait_for_attempts(target, 1));  // so they are queued in this order
    };
    ask("/work/quick");
    for (int i = 0; i < 10; ++i) ask("/pipeline/" + std::to_string(i));
    ask("/work/quick2");
    for (int i = 10; i < 20; ++i) ask("/pipeline/" + std::to_string(i));
    auto leaving = served.ask("/pipeline/left");
    REQUIRE(served.application.wait_for_attempts("/pipeline/left", 1));
    leaving.reset();
    for (int i = 0; i < 4; ++i) CHECK(served.answer("/now") == "/now");  // it has been seen to leave
    served.application.release();
    CHECK(Served::body_of(std::move(running)) == "made /work/a");
    int begun = 0;
    for (std::size_t i = 0; i < clients.size(); ++i) {
      auto const body = Served::body_of(std::move(clients[i]));
      auto const n = i == 0    ? "/work/quick"
                     : i == 11 ? "/work/quick2"
                               : "/pipeline/" + std::to_string(i - (i < 11 ? 1 : 2));
      bool const is_begun = body == "begun " + n;
      CHECK((is_begun || body == "made " + n));
      begun += is_begun;
    }
    auto const pipelines = served.application.pipelines();
    CHECK(pipelines == std::vector<std::size_t>{8, 8, 4});
    std::size_t expected = 0;
    for (auto const size : pipelines) expected += std::min(size, begins_most);
    CHECK(static_cast<std::size_t>(begun) == expected);
  }
}

TEST_CASE("answers keep the order of their requests, whichever took work", "[http][attempts]") {
  Served served(4);
  served.application.release();
  auto client = served.ask("/now/0");
  std::string requests;
  for (int i = 1; i < 300; ++i) requests += get((i % 3 ? "/now/" : "/work/") + std::to_string(i));
  REQUIRE(client.send(requests));
  for (int i = 0; i < 300; ++i) {
    auto const received = client.receive();
    REQUIRE(received);
    REQUIRE(received->body == (i % 3 || i == 0 ? "/now/" : "made /work/") + std::to_string(i));
  }
}

TEST_CASE("findings are shared by requests that were there before them, and by no others", "[http][attempts]") {
  Served served(1);
  auto held = served.ask("/hold");  // the worker: meanwhile requests queue up for one batch
  REQUIRE(served.application.wait_for_attempts("/hold", 1));
  std::vector<SocketClient> clients;
  for (int i = 0; i < 10; ++i) clients.push_back(served.ask("/batch"));
  served.application.release();
  std::vector<int> found;
  for (auto& client : clients) found.push_back(std::stoi(Served::body_of(std::move(client))));
  // Findings say how many had been attempted when they were made: within a batch all say the same.
  std::ranges::sort(found);
  for (std::size_t i = 0; i < found.size(); ++i) CHECK(found[i] <= static_cast<int>(i) + 1);
  // A request that comes after an answer is never told what was found before it came.
  for (int i = 11; i < 20; ++i) CHECK(served.answer("/batch") == std::to_string(i));
}

TEST_CASE("a stream of attempts does not keep work from being done", "[http][attempts]") {
  Served served(2);
  constexpr int clients = 80, requests = 30;  // more clients than the batches of all workers take
  std::string stream;
  for (int i = 0; i < requests; ++i) stream += get("/busy");
  std::vector<SocketClient> streams;
  for (int i = 0; i < clients; ++i) {
    streams.emplace_back(served.port);
    REQUIRE(streams.back().send(stream));
  }
  REQUIRE(served.application.wait_for_attempts("/busy", clients));
  CHECK(served.answer("/work/quick") == "made /work/quick");
  CHECK(served.application.attempts("/busy") < clients * requests);
  for (auto& client : streams)
    for (int i = 0; i < requests; ++i) REQUIRE(client.receive());
}

TEST_CASE("stopping drops work that has not begun and those who wait for it", "[http][attempts]") {
  Served served(2);
  auto running = served.ask("/work/a");
  REQUIRE(served.application.wait_for_work(1));
  auto queued = served.ask("/work/b?0");
  REQUIRE(served.application.wait_for_attempts("/work/b?0", 1));
  auto waiting = served.ask("/work/b?1");
  REQUIRE(served.application.wait_for_attempts("/work/b?1", 1));
  std::thread stopper([&] { served.server.stop(std::chrono::milliseconds{10}); });
  CHECK(served.application.wait_for_drop(1));
  served.application.release();
  stopper.join();
  CHECK(served.application.runs() == 1);
  CHECK(queued.is_cut_off());
  CHECK(waiting.is_cut_off());
}
