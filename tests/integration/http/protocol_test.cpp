// SPDX-License-Identifier: MIT
// A connection and the protocols that take turns on it, over real sockets.
#include <netinet/in.h>

#include <algorithm>
#include <atomic>
#include <catch2/catch.hpp>
#include <mutex>

#include "net/acceptor.hpp"
#include "net/transport.hpp"
#include "support/socket_client.hpp"
#include "test_application.hpp"

using namespace restapi;
using namespace restapi::test;
using namespace std::chrono_literals;

namespace {

/// What the tests and the protocols of all connections tell each other.
struct Notes {
  std::mutex mutex;
  std::weak_ptr<net::Connection> connection;  // the last one that was handed over
  std::atomic<int> former_gone{0}, closed{0}, sent{0};
  std::atomic<std::size_t> most_unread{0};  // that a stream has seen
  std::string piece = "piece ";

  std::weak_ptr<net::Connection> last() {
    std::lock_guard const lock(mutex);
    return connection;
  }
};

struct Message final : net::Event {
  explicit Message(std::string what) : text(std::move(what)) {}
  std::string text;
};

class Base : public net::Protocol {
 public:
  Base(Notes& notes, net::Connection& connection) : notes_(notes), connection_(connection) {}
  void on_end() override { connection_.finish(false); }
  void on_event(net::Event&) override {}
  void on_sent() override { ++notes_.sent; }
  void on_deadline() override { connection_.finish(false); }
  void on_drain() override { connection_.finish(false); }
  void on_closed() override { ++notes_.closed; }
  bool wants_bytes() const override { return true; }
  net::Standing standing() const override { return net::Standing::busy; }
  bool gives_way() const override { return true; }

 protected:
  void say(std::string text) { connection_.send({std::move(text), {}}); }

  Notes& notes_;
  net::Connection& connection_;
};

/// Sends each byte back in capitals, and each message that is posted.
class Shouting final : public Base {
 public:
  using Base::Base;
  void on_bytes(std::string_view bytes) override {
    for (char const byte : bytes) say(std::string(1, static_cast<char>(std::toupper(byte))));
  }
  void on_event(net::Event& event) override { say(dynamic_cast<Message&>(event).text); }
  bool gives_way() const override { return false; }
};

/// Sends pieces without an end, each when the one before is sent, until the other side says something.
class Streaming final : public Base {
 public:
  using Base::Base;
  void on_bytes(std::string_view) override {
    say("end");
    connection_.finish(false);
  }
  void on_sent() override {
    ++notes_.sent;
    notes_.most_unread = std::max(notes_.most_unread.load(), connection_.unread());
    say(std::string(64 * 1024, '.'));
  }
};

/// Answers "?" with "!", "many" with shared pieces, hands the connection over to a stream at "stream\n", and hands the
/// connection over at "upgrade\n": what follows is the next one's.
class Asking final : public Base {
 public:
  using Base::Base;
  ~Asking() override { ++notes_.former_gone; }
  void on_bytes(std::string_view bytes) override {
    static constexpr std::string_view upgrade = "upgrade\n", many = "many\n";
    if (bytes == "?") return say("!");
    if (bytes == many) {
      net::Body const shared(std::string(1 << 20, 'x'));
      for (int i = 0; i < 40; ++i) connection_.send({"<" + std::to_string(i) + ">", shared});
      return;
    }
    if (bytes == "stream\n") {
      say("begin");
      note_connection();
      return connection_.upgrade(std::make_unique<Streaming>(notes_, connection_), {});
    }
    if (!bytes.starts_with(upgrade)) return connection_.finish(false);
    say("yes ");
    note_connection();
    connection_.upgrade(std::make_unique<Shouting>(notes_, connection_), std::string(bytes.substr(upgrade.size())));
  }

 private:
  void note_connection() {
    std::lock_guard const lock(notes_.mutex);
    notes_.connection = connection_.weak_from_this();
  }
};

struct Listening {
  std::size_t const places;
  Notes notes;
  net::Acceptor acceptor{{"127.0.0.1", 0}};
  net::Transport transport{{.io_threads = 1,
                            .max_connections = places,
                            .least_idle = 200ms,
                            .least_asking = 1s,
                            .least_waiting = 1s,
                            .send_limits = {60s, 16 * 1024},
                            .max_unread = 256u << 20,
                            .tick = 10ms,
                            .on_room = [] {}},
                           [this](net::Connection& connection) { return std::make_unique<Asking>(notes, connection); }};
  explicit Listening(std::size_t most = 100) : places(most) {
    acceptor.start({.take = [this](int descriptor, sockaddr_storage const& peer) { transport.adopt(descriptor, peer); },
                    .has_room = [this] { return transport.has_room(); },
                    .make_room = [this] { transport.make_room(); }});
  }
  ~Listening() { acceptor.stop(); }
  SocketClient connect() { return SocketClient(acceptor.port()); }
};

}  // namespace

TEST_CASE("a connection is handed on to another protocol, with the bytes that are its own", "[protocol]") {
  Listening listening;
  auto client = listening.connect();
  REQUIRE(client.send("?"));
  CHECK(client.receive_bytes(1) == "!");
  CHECK(listening.notes.former_gone == 0);
  REQUIRE(client.send("upgrade\nhello"));
  CHECK(client.receive_bytes(9) == "yes HELLO");
  CHECK(listening.notes.former_gone == 1);
  REQUIRE(client.send(" again"));
  CHECK(client.receive_bytes(6) == " AGAIN");
  client.close();
  CHECK(comes_true([&] { return listening.notes.closed == 1; }));  // the present protocol is told, and only it
}

TEST_CASE("events find the protocol that a connection speaks by now, until it is gone", "[protocol]") {
  Listening listening;
  auto client = listening.connect();
  REQUIRE(client.send("upgrade\n"));
  CHECK(client.receive_bytes(4) == "yes ");
  auto const connection = listening.notes.last();
  for (auto const* text : {"one ", "two ", "three"}) net::Connection::post(connection, std::make_unique<Message>(text));
  CHECK(client.receive_bytes(13) == "one two three");
  client.close();
  REQUIRE(comes_true([&] { return connection.expired(); }));
  net::Connection::post(connection, std::make_unique<Message>("to nobody"));
}

TEST_CASE("pieces go out in their order, however slowly they are read", "[protocol]") {
  Listening listening;
  auto client = listening.connect();
  REQUIRE(client.send("many\n"));
  std::string expected;
  for (int i = 0; i < 40; ++i) expected += "<" + std::to_string(i) + ">" + std::string(1 << 20, 'x');
  std::this_thread::sleep_for(50ms);  // the socket is full by now
  CHECK(listening.notes.sent == 0);
  CHECK(client.receive_bytes(expected.size()) == expected);
  CHECK(comes_true([&] { return listening.notes.sent == 1; }));  // once, for all
}

TEST_CASE("a stream is slowed down by its reader, and still hears it and lets others have their turn", "[protocol]") {
  Listening listening;
  auto client = listening.connect();
  REQUIRE(client.send("stream\n"));
  CHECK(client.receive_bytes(5) == "begin");
  auto other = listening.connect();  // on the same thread
  for (int i = 0; i < 100; ++i) {
    REQUIRE(client.receive_bytes(1 << 20).size() == 1 << 20);
    REQUIRE(other.send("?"));
    REQUIRE(other.receive_bytes(1) == "!");
  }
  REQUIRE(client.send("enough"));
  while (client.receive_some(1 << 16) > 0) continue;
  CHECK(comes_true([&] { return listening.notes.closed == 1; }));
  CHECK(listening.notes.most_unread < 1024);  // the piece before was sent when the next one was made
}

TEST_CASE("events of a stream do not end it where another connection finds no place", "[protocol]") {
  Listening listening(1);
  auto client = listening.connect();
  REQUIRE(client.send("upgrade\n"));
  CHECK(client.receive_bytes(4) == "yes ");
  auto waiting = listening.connect();
  REQUIRE(waiting.send("?"));
  REQUIRE(comes_true([&] { return listening.transport.counts().waited > 0; }));
  for (int i = 0; i < 10; ++i) {
    net::Connection::post(listening.notes.last(), std::make_unique<Message>("event "));
    CHECK(client.receive_bytes(6) == "event ");
  }
  client.close();
  CHECK(waiting.receive_bytes(1) == "!");
}
