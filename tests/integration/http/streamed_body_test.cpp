// SPDX-License-Identifier: MIT
// Bodies that are made while they are sent: whole, or seen not to be; as slow as their reader; gone with their client.
#include <algorithm>
#include <atomic>
#include <catch2/catch.hpp>
#include <condition_variable>
#include <functional>
#include <list>
#include <mutex>
#include <optional>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include "test_application.hpp"

using namespace restapi;
using namespace restapi::test;
using namespace std::chrono_literals;
using http::Piece;
using Kind = http::Piece::Kind;

namespace {

constexpr std::size_t piece_size = 64 * 1024;

/// What happens to the sources of a test.
struct Notes {
  std::atomic<int> made{0}, looked{0}, begun{0}, destroyed{0};
  std::atomic<bool> is_alone{true};  // each source was used by one thread, which also destroyed it
  std::atomic<bool> may_end{false};
};

class Source final : public http::BodySource {
 public:
  using Next = std::function<Piece(int)>;  ///< given the number of the piece

  Source(Notes& notes, Next next) : notes_(notes), next_(std::move(next)) { ++notes_.begun; }
  ~Source() override {
    note_thread();
    ++notes_.destroyed;
  }
  Piece next() override {
    note_thread();
    ++notes_.made;
    return next_(count_++);
  }
  void look() override {
    note_thread();
    ++notes_.looked;
  }

 private:
  void note_thread() {
    if (thread_ == std::thread::id()) thread_ = std::this_thread::get_id();
    if (thread_ != std::this_thread::get_id()) notes_.is_alone = false;
  }

  Notes& notes_;
  Next const next_;
  std::thread::id thread_ = {};
  int count_ = 0;
};

std::string text_of(int piece) { return std::string(piece_size, static_cast<char>('a' + piece % 26)); }

std::string text_of_all(int pieces) {
  std::string text;
  for (int i = 0; i < pieces; ++i) text += text_of(i);
  return text;
}

/// "/pieces/N": so many · "/words": "one", nothing, "two", and nothing at the end · "/none" · "/endless" · "/broken":
/// two pieces, and last words · "/throws" · "/waits": a piece, and then nothing until the client has gone · "/until":
/// pieces until the notes say that it may end.
class Streaming final : public http::Application {
 public:
  http::Attempt attempt(http::Request const& request, http::Batch&, bool) override {
    auto const& target = request.target;
    if (target == "/plain") return http::Response{200, {}, "plain"};
    if (request.method == "HEAD") return http::streamed(head(), nullptr);
    if (target.rfind("/pieces/", 0) == 0)
      return streamed([count = std::stoi(target.substr(8))](int i) {
        return Piece{text_of(i), i + 1 < count ? Kind::more : Kind::last};
      });
    if (target == "/words")
      return streamed([](int i) {
        return i == 0 ? Piece{"one"} : i == 1 ? Piece{} : i == 2 ? Piece{"two"} : Piece{{}, Kind::last};
      });
    if (target == "/none") return streamed([](int) { return Piece{{}, Kind::last}; });
    if (target == "/broken")
      return streamed([](int i) { return i < 2 ? Piece{text_of(i)} : Piece{"last words", Kind::broken}; });
    if (target == "/throws")
      return streamed([](int i) { return i < 2 ? Piece{text_of(i)} : throw std::runtime_error("thrown"); });
    if (target == "/waits")
      return streamed([gone = request.gone](int i) {
        if (i == 0) return Piece{"begin"};
        std::mutex mutex;
        std::condition_variable_any changed;
        std::unique_lock lock(mutex);
        changed.wait_for(lock, gone, 60s, [] { return false; });
        return Piece{"too late", Kind::last};
      });
    if (target == "/until")
      return streamed([this](int i) {
        std::this_thread::sleep_for(1ms);
        return Piece{text_of(i).substr(0, 100), notes.may_end ? Kind::last : Kind::more};
      });
    return streamed([](int i) { return Piece{text_of(i)}; });
  }
  http::Reply refuse(Error const&) override { return http::Response{503, {}, {}}; }

  Notes notes;

 private:
  static http::Response head() { return {200, {{"Content-Type", "text/csv"}}, {}}; }
  http::Reply streamed(Source::Next next) {
    return http::streamed(head(), std::make_unique<Source>(notes, std::move(next)), {.route = "/streamed"});
  }
};

/// What is told of answers.
class Told final : public http::Observer {
 public:
  struct Line {
    std::string target, route;
    std::size_t bytes;
    std::chrono::nanoseconds took;
  };
  void on_finished(http::Finished const& finished) override {
    std::lock_guard const lock(mutex_);
    lines_.push_back({std::string(finished.target), std::string(finished.trace.route), finished.bytes, finished.took});
  }
  void on_ended(http::Ended const&) override { ++ended; }
  std::vector<Line> lines() {
    std::lock_guard const lock(mutex_);
    return lines_;
  }
  std::atomic<int> ended{0};

 private:
  std::mutex mutex_;
  std::vector<Line> lines_;
};

struct Served {
  explicit Served(http::ServerOptions options = {}) : server(TestServer::with_free_port(options), application, &told) {
    port = server.start();
  }
  SocketClient ask(std::string const& request) const {
    SocketClient client(port);
    client.send(request);
    return client;
  }
  bool all_gone() { return application.notes.destroyed == application.notes.begun; }

  Streaming application;
  Told told;
  http::HttpServer server;
  std::uint16_t port = 0;
};

std::string get_1_0(std::string const& target) { return "GET " + target + " HTTP/1.0\r\n\r\n"; }

/// The text of chunks, and whether the last one came.
struct Chunks {
  std::string text = {};
  bool is_whole = false;
};

Chunks chunks_in(SocketClient& client) {
  Chunks chunks;
  for (;;) {
    std::string size;
    while (!size.ends_with("\r\n")) {
      auto const byte = client.receive_bytes(1);
      if (byte.empty()) return chunks;
      size += byte;
    }
    auto const bytes = std::stoul(size, nullptr, 16);
    auto const text = client.receive_bytes(bytes);
    chunks.text += text;
    if (client.receive_bytes(2) != "\r\n") return chunks;
    chunks.is_whole = bytes == 0;
    if (chunks.is_whole) return chunks;
  }
}

/// All up to the end of the connection; whether that was a reset stands in errno.
std::string rest_of(SocketClient& client) {
  std::string text;
  for (;;) {
    auto const more = client.receive_bytes(piece_size);
    text += more;
    if (more.size() < piece_size) return text;
  }
}

bool ends_with_reset(SocketClient& client) {
  rest_of(client);
  return errno == ECONNRESET;
}

bool has(std::string const& head, std::string const& field) { return head.find(field + "\r\n") != head.npos; }

}  // namespace

TEST_CASE("a streamed body arrives whole, in chunks", "[streamed]") {
  Served served;
  for (int const pieces : {1, 3, 200}) {
    auto client = served.ask(get("/pieces/" + std::to_string(pieces)));
    auto const head = client.receive();
    REQUIRE(head);
    CHECK(head->status == 200);
    CHECK(has(head->head, "Content-Type: text/csv"));
    CHECK(has(head->head, "Transfer-Encoding: chunked"));
    CHECK(has(head->head, "Connection: close"));
    CHECK(head->head.find("X-Request-Id: ") != std::string::npos);
    CHECK(head->head.find("Content-Length") == std::string::npos);
    auto const chunks = chunks_in(client);
    CHECK(chunks.is_whole);
    CHECK(chunks.text == text_of_all(pieces));
    CHECK(client.at_end());
  }
  CHECK(comes_true([&] { return served.all_gone(); }));
  CHECK(served.application.notes.is_alone);
}

TEST_CASE("a client of HTTP/1.0 gets a streamed body as it is", "[streamed]") {
  Served served;
  for (int const pieces : {1, 200}) {
    auto client = served.ask(get_1_0("/pieces/" + std::to_string(pieces)));
    auto const head = client.receive();
    REQUIRE(head);
    CHECK(head->head.find("Transfer-Encoding") == std::string::npos);
    CHECK(has(head->head, "Connection: close"));
    CHECK(rest_of(client) == text_of_all(pieces));
    CHECK(client.at_end());
  }
}

TEST_CASE("no piece ends a streamed body but the last one", "[streamed]") {
  Served served;
  auto client = served.ask(get("/words"));
  REQUIRE(client.receive());
  CHECK(rest_of(client) == "3\r\none\r\n3\r\ntwo\r\n0\r\n\r\n");
  CHECK(client.at_end());
  auto none = served.ask(get("/none"));
  REQUIRE(none.receive());
  CHECK(rest_of(none) == "0\r\n\r\n");
  auto none_1_0 = served.ask(get_1_0("/none"));
  REQUIRE(none_1_0.receive());
  CHECK(rest_of(none_1_0).empty());
  CHECK(none_1_0.at_end());
}

TEST_CASE("a head that is asked for says that the body would be in chunks, and has none", "[streamed]") {
  Served served;
  auto client = served.ask("HEAD /pieces/3 HTTP/1.1\r\nHost: h\r\n\r\n");
  auto const head = client.receive(true);
  REQUIRE(head);
  CHECK(head->status == 200);
  CHECK(has(head->head, "Transfer-Encoding: chunked"));
  CHECK(client.at_end());
  CHECK(served.application.notes.begun == 0);
}

TEST_CASE("what is asked behind a streamed body is not answered, and does not harm it", "[streamed]") {
  Served served;
  auto client = served.ask(get("/pieces/100") + get("/plain") + get("/plain"));
  auto const head = client.receive();
  REQUIRE(head);
  client.send(get("/plain"));
  auto const chunks = chunks_in(client);
  CHECK(chunks.is_whole);
  CHECK(chunks.text == text_of_all(100));
  CHECK(client.at_end());
  // Other requests of the connection may come before.
  auto second = served.ask(get("/plain"));
  REQUIRE(second.receive());
  second.send(get("/pieces/2"));
  second.end();
  REQUIRE(second.receive());
  CHECK(chunks_in(second).text == text_of_all(2));
}

TEST_CASE("a streamed body that breaks ends with its last words and without the last chunk", "[streamed][error]") {
  Served served;
  for (std::string const target : {"/broken", "/throws"}) {
    INFO(target);
    auto const words = target == "/broken" ? "last words" : "";
    auto client = served.ask(get(target));
    REQUIRE(client.receive());
    auto const chunks = chunks_in(client);
    CHECK_FALSE(chunks.is_whole);
    CHECK(chunks.text == text_of_all(2) + words);
    auto old = served.ask(get_1_0(target));
    REQUIRE(old.receive());
    bool const is_there = rest_of(old) == text_of_all(2) + words;
    CHECK(errno == ECONNRESET);
    CHECK(is_there);
  }
  CHECK(comes_true([&] { return served.all_gone(); }));
}

TEST_CASE("a reader that stops has little made for it, and is cut in the end", "[streamed][slow]") {
  Served served({.write_timeout = 1'500ms});
  SocketClient client;
  client.shrink_receive_buffer();
  client.connect(served.port);
  client.send(get("/endless"));
  REQUIRE(client.receive());
  auto& notes = served.application.notes;
  CHECK(comes_true([&] { return notes.looked > 0; }));
  auto const made = notes.made.load();
  // The kernel takes a few megabytes on its own account.
  CHECK(made < 200);
  CHECK(comes_true([&] { return notes.destroyed == 1; }));
  CHECK(notes.made <= made + 1);
  CHECK(notes.is_alone);
  auto const chunks = chunks_in(client);
  CHECK_FALSE(chunks.is_whole);
  CHECK(served.server.counts().connections == 0);
}

TEST_CASE("a reader that takes a little now and then does not keep a streamed body for ever", "[streamed][slow]") {
  Served served({.write_timeout = 500ms, .least_bytes_per_second = 64 << 20});
  SocketClient client;
  client.shrink_receive_buffer();
  client.connect(served.port);
  client.send(get("/endless"));
  auto const begin = std::chrono::steady_clock::now();
  while (client.receive_some(16 * 1024) > 0 && std::chrono::steady_clock::now() - begin < 20s)
    std::this_thread::sleep_for(5ms);
  CHECK(std::chrono::steady_clock::now() - begin < 20s);
  CHECK(comes_true([&] { return served.all_gone(); }));
}

TEST_CASE("a source is stopped and destroyed soon after its client has left", "[streamed][cancel]") {
  Served served;
  for (std::string const target : {"/endless", "/waits"})
    for (bool const is_reset : {true, false}) {
      // Who leaves quietly is noticed by what is sent next.
      if (target == "/waits" && !is_reset) continue;
      INFO(target << " " << is_reset);
      auto client = served.ask(get(target));
      REQUIRE(client.receive());
      CHECK(client.receive_bytes(5).size() == 5);
      CHECK_FALSE(served.all_gone());
      if (is_reset)
        client.reset();
      else
        client.close();
      CHECK(comes_true([&] { return served.all_gone(); }));
    }
  CHECK(served.application.notes.is_alone);
  CHECK(comes_true([&] { return served.server.counts().connections == 0; }));
}

TEST_CASE("a client may leave before its streamed body begins", "[streamed][cancel]") {
  Served served({.io_threads = 1});
  for (int i = 0; i < 100; ++i) {
    auto client = served.ask(get("/endless"));
    if (i % 2 == 0) client.reset();
  }
  CHECK(comes_true([&] { return served.all_gone() && served.server.counts().connections == 0; }));
}

TEST_CASE("many streamed bodies are sent at once, each whole", "[streamed][threads]") {
  Served served;
  std::atomic<int> whole{0};
  std::vector<std::thread> clients;
  for (int i = 0; i < 24; ++i)
    clients.emplace_back([&, i] {
      auto const pieces = 20 + i;
      auto client = served.ask(i % 3 == 0 ? get_1_0("/pieces/" + std::to_string(pieces))
                                          : get("/pieces/" + std::to_string(pieces)));
      if (!client.receive()) return;
      auto const text = i % 3 == 0 ? rest_of(client) : chunks_in(client).text;
      if (text == text_of_all(pieces) && client.at_end()) ++whole;
    });
  for (auto& client : clients) client.join();
  CHECK(whole == 24);
  CHECK(comes_true([&] { return served.all_gone(); }));
  CHECK(served.application.notes.is_alone);
}

TEST_CASE("a server that stops lets a streamed body come to its end, and cuts it at the limit",
          "[streamed][shutdown]") {
  for (auto const& request : {get("/until"), get_1_0("/until")}) {
    Served served;
    auto client = served.ask(request);
    REQUIRE(client.receive());
    REQUIRE(client.receive_bytes(1).size() == 1);
    std::thread stopping([&] { served.server.stop(20s); });
    CHECK(comes_true([&] { return served.server.draining(); }));
    auto const made = served.application.notes.made.load();
    CHECK(comes_true([&] { return served.application.notes.made > made + 20; }));
    served.application.notes.may_end = true;
    rest_of(client);
    CHECK(client.at_end());
    stopping.join();
    CHECK(served.all_gone());
  }
  for (std::string const target : {"/until", "/waits", "/endless"}) {
    INFO(target);
    Served served;
    auto client = served.ask(get(target));
    auto old = served.ask(get_1_0(target));
    REQUIRE(client.receive());
    REQUIRE(old.receive());
    served.server.stop(200ms);
    CHECK(served.all_gone());
    CHECK_FALSE(chunks_in(client).is_whole);
    CHECK(ends_with_reset(old));
    CHECK(served.told.lines().size() == 2);
  }
}

TEST_CASE("a streamed body is told once, at its end, with all of its bytes", "[streamed][observer]") {
  Served served;
  auto client = served.ask(get("/pieces/5"));
  auto const head = client.receive();
  REQUIRE(head);
  auto const body = rest_of(client);
  CHECK(comes_true([&] { return served.told.lines().size() == 1; }));
  auto const line = served.told.lines().front();
  CHECK(line.target == "/pieces/5");
  CHECK(line.route == "/streamed");
  CHECK(line.bytes == head->head.size() + body.size());
  CHECK(line.took > 0ns);
  auto broken = served.ask(get("/endless"));
  REQUIRE(broken.receive());
  broken.reset();
  CHECK(comes_true([&] { return served.told.lines().size() == 2; }));
  CHECK(served.told.ended == 0);
}
