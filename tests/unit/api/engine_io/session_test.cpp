// SPDX-License-Identifier: MIT
#include "api/engine_io/session.hpp"

#include <catch2/catch.hpp>

using namespace restapi::api::engine_io;
using namespace std::chrono_literals;

namespace {

Settings const settings{.ping_interval = 300ms, .ping_timeout = 200ms, .upgrade_timeout = 1s, .most_waiting = 100};

/// A session whose time is the test's, and what happens in it: one word each.
class Told : public Output {
 public:
  explicit Told(Transport transport) : session("id", transport, settings, start, *this) {}

  void answer_poll(std::string payload) override { add("poll:" + payload); }
  void refuse_poll() override { add("poll refused"); }
  void wake_web_socket() override { add("wake"); }
  void answer_probe(Message packet) override { add("probe:" + packet.payload()); }
  void adopt_probe() override { add("adopt"); }
  void drop_probe() override { add("drop"); }
  void received(Kind kind, std::string data) override {
    add((kind == Kind::text ? "text:" : "binary:") + data);
    if (data == "echo") session.send(packet(PacketType::message, data));
    if (data == "close") session.close();
  }
  void sent() override { add("sent"); }
  void deadline_passed() override { add("deadline"); }
  void closed() override { add("closed"); }

  /// What a poll is answered with at once; "waits", "refused".
  std::string poll(std::chrono::milliseconds at) {
    auto const polled = session.poll(start + at);
    if (std::holds_alternative<Session::Waits>(polled)) return "waits";
    if (std::holds_alternative<Session::Refused>(polled)) return "refused";
    return std::get<std::string>(polled);
  }
  bool post(std::string_view body, std::chrono::milliseconds at = 0ms) { return session.post(body, start + at); }
  void receive(std::string_view text, std::chrono::milliseconds at = 0ms) {
    session.web_socket_received(Kind::text, text, start + at);
  }
  void probe(std::string_view text, std::chrono::milliseconds at = 0ms) {
    session.probe_received(Kind::text, text, start + at);
  }
  std::string take() { return payload_of(session.take()); }

  /// What has happened since it was last asked.
  std::string happened() { return std::exchange(happened_, {}); }

  static constexpr Time start{1h};
  Session session;

 private:
  void add(std::string const& what) { happened_ += (happened_.empty() ? "" : " ") + what; }
  std::string happened_;
};

constexpr auto opened =
    R"(0{"sid":"id","upgrades":["websocket"],"pingInterval":300,"pingTimeout":200,"maxPayload":1000000})";

struct Polled : Told {
  Polled() : Told(Transport::polling) {
    CHECK(poll(0ms) == opened);
    happened();
  }
};

struct Carried : Told {
  Carried() : Told(Transport::web_socket) {
    CHECK(take() == R"(0{"sid":"id","upgrades":[],"pingInterval":300,"pingTimeout":200,"maxPayload":1000000})");
    happened();
  }
};

Message message(std::string_view data) { return packet(PacketType::message, data); }

}  // namespace

TEST_CASE("a polled session", "[engine_io][session]") {
  Polled told;
  auto& session = told.session;
  SECTION("sends what waits with the next poll") {
    session.send(message("a"));
    session.send(binary_packet("b"));
    CHECK(session.waiting() == 3);
    CHECK(told.happened().empty());
    CHECK(told.poll(0ms) ==
          "4a\x1e"
          "bYg==");
    CHECK(told.happened() == "sent");
    CHECK(session.waiting() == 0);
  }
  SECTION("answers a poll that waits") {
    CHECK(told.poll(0ms) == "waits");
    session.send(message("a"));
    CHECK(told.happened() == "poll:4a sent");
    session.send(message("b"));
    CHECK(told.happened().empty());
    CHECK(told.poll(0ms) == "4b");
  }
  SECTION("takes what is posted") {
    CHECK(
        told.post("4a\x1e"
                  "bYg==\x1e"
                  "6\x1e"
                  "4echo"));
    CHECK(told.happened() == "text:a binary:b text:echo");
    CHECK(told.poll(0ms) == "4echo");
  }
  SECTION("ends at a packet that is none") {
    CHECK_FALSE(
        told.post("4a\x1e"
                  "abc\x1e"
                  "4b"));
    CHECK(told.happened() == "text:a closed");
    CHECK(session.is_gone());
    CHECK(told.poll(0ms) == "refused");
    CHECK_FALSE(told.post("4a"));
  }
  SECTION("ends at a ping of the client") {
    CHECK(told.post("2"));
    CHECK(told.happened() == "closed");
    CHECK(session.is_gone());
  }
  SECTION("ends at two polls at once") {
    CHECK(told.poll(0ms) == "waits");
    CHECK(told.poll(5ms) == "refused");
    CHECK(told.happened() == "poll:1 closed");
    CHECK(told.poll(5ms) == "refused");
  }
  SECTION("ends when a poll leaves") {
    CHECK(told.poll(0ms) == "waits");
    session.poll_left(Told::start);
    CHECK(told.happened() == "closed");
    CHECK(told.poll(0ms) == "refused");
  }
  SECTION("does not mind who leaves with an answer") {
    session.poll_left(Told::start);
    CHECK(session.is_open());
  }
  SECTION("is closed by the client beside a poll") {
    CHECK(told.poll(0ms) == "waits");
    CHECK(told.post("1"));
    CHECK(told.happened() == "poll:6 closed");
    CHECK(told.poll(0ms) == "refused");
  }
  SECTION("is closed by the client before a poll that is on its way") {
    session.send(message("never read"));
    CHECK(
        told.post("1\x1e"
                  "4a"));
    CHECK(told.happened() == "closed");
    CHECK_FALSE(session.is_gone());
    CHECK_FALSE(told.post("4a"));
    CHECK(told.poll(0ms) == "6");
    CHECK(session.is_gone());
    CHECK(told.poll(0ms) == "refused");
  }
  SECTION("is forgotten when that poll does not come") {
    CHECK(told.post("1"));
    CHECK(session.next_tick() == Told::start + 200ms);
    session.tick(Told::start + 200ms);
    CHECK(session.is_gone());
  }
  SECTION("is closed by the server behind what was sent") {
    session.send(message("a"));
    session.close();
    session.close();
    session.send(message("too late"));
    CHECK(told.happened() == "closed");
    CHECK(told.poll(0ms) ==
          "4a\x1e"
          "1");
    CHECK(told.poll(0ms) == "refused");
  }
  SECTION("is closed by the server while a poll waits") {
    CHECK(told.poll(0ms) == "waits");
    session.close();
    CHECK(told.happened() == "poll:1 closed");
    CHECK(session.is_gone());
  }
  SECTION("may be closed in the middle of a payload") {
    CHECK(
        told.post("4close\x1e"
                  "4a"));
    CHECK(told.happened() == "text:close closed");
  }
  SECTION("ends where nobody takes what is sent") {
    session.send(message(std::string(98, 'x')));
    CHECK(session.is_open());
    session.send(message("x"));
    CHECK(told.happened() == "closed");
    CHECK(session.is_gone());
  }
}

TEST_CASE("heartbeats of a polled session, to the millisecond", "[engine_io][session]") {
  Polled told;
  auto& session = told.session;
  SECTION("a poll that waits gets the ping") {
    CHECK(told.poll(10ms) == "waits");
    CHECK(session.next_tick() == Told::start + 300ms);
    session.tick(Told::start + 299ms);
    CHECK(told.happened().empty());
    session.tick(Told::start + 300ms);
    CHECK(told.happened() == "poll:2 sent");
    CHECK(session.next_tick() == Told::start + 500ms);
    CHECK(told.post("3", 499ms));
    CHECK(session.next_tick() == Told::start + 799ms);
  }
  SECTION("a poll that comes later as well") {
    CHECK(told.poll(499ms) == "2");
    CHECK(told.post("3", 499ms));
    CHECK(session.is_open());
  }
  SECTION("without a pong it ends") {
    CHECK(told.poll(10ms) == "waits");
    session.tick(Told::start + 300ms);
    CHECK(told.poll(310ms) == "waits");
    session.tick(Told::start + 499ms);
    CHECK(session.is_open());
    session.tick(Told::start + 500ms);
    CHECK(told.happened() == "poll:2 sent poll:1 closed");
  }
  SECTION("without polls it ends as soon, whoever looks") {
    CHECK(told.poll(500ms) == "refused");
    CHECK(told.happened() == "closed");
  }
  SECTION("a tick that is late costs nobody who waits his time") {
    CHECK(told.poll(10ms) == "waits");
    session.tick(Told::start + 600ms);
    CHECK(told.happened() == "poll:2 sent");
    CHECK(session.next_tick() == Told::start + 800ms);
  }
}

TEST_CASE("a session on a WebSocket", "[engine_io][session]") {
  Carried told;
  auto& session = told.session;
  SECTION("sends and receives") {
    told.receive("4echo");
    session.web_socket_received(Kind::binary, "b", Told::start);
    CHECK(told.happened() == "text:echo wake binary:b");
    CHECK(told.take() == "4echo");
    session.web_socket_sent();
    CHECK(told.happened() == "sent");
  }
  SECTION("cannot be polled") {
    CHECK(told.poll(0ms) == "refused");
    CHECK_FALSE(told.post("4a"));
    CHECK_FALSE(session.may_be_upgraded());
    CHECK(session.is_open());
  }
  SECTION("ends at a packet that is none, and when the client says so or leaves") {
    SECTION("none") { told.receive("abc"); }
    SECTION("close") { told.receive("1"); }
    SECTION("ping") { told.receive("2"); }
    SECTION("leaves") { session.web_socket_left(); }
    CHECK(told.happened() == "closed wake");
    CHECK(session.is_gone());
    session.web_socket_left();
    CHECK(told.happened().empty());
  }
  SECTION("is closed by the server behind what was sent") {
    session.send(message("a"));
    session.close();
    CHECK(told.happened() == "wake closed wake");
    CHECK(told.take() == "4a");
    CHECK(session.is_gone());
  }
  SECTION("has heartbeats") {
    session.tick(Told::start + 300ms);
    CHECK(told.take() == "2");
    told.receive("3", 400ms);
    session.tick(Told::start + 700ms);
    CHECK(told.take() == "2");
    told.happened();
    session.tick(Told::start + 899ms);
    CHECK(session.is_open());
    session.tick(Told::start + 900ms);
    CHECK(told.happened() == "closed wake");
  }
  SECTION("has a deadline for whoever is above it") {
    session.set_deadline(Told::start + 50ms);
    CHECK(session.next_tick() == Told::start + 50ms);
    session.tick(Told::start + 50ms);
    CHECK(told.happened() == "deadline");
    CHECK(session.next_tick() == Told::start + 300ms);
  }
}

TEST_CASE("a polled session moves to a WebSocket", "[engine_io][session]") {
  Polled told;
  auto& session = told.session;
  REQUIRE(session.may_be_upgraded());
  SECTION("with what waits") {
    CHECK(told.poll(0ms) == "waits");
    session.probe_came(Told::start);
    CHECK_FALSE(session.may_be_upgraded());
    told.probe("2probe");
    CHECK(told.happened() == "probe:3probe poll:6");
    session.send(message("a"));
    told.probe("5");
    CHECK(told.happened() == "adopt wake");
    CHECK(told.take() == "4a");
    told.receive("4b");
    CHECK(told.happened() == "text:b");
    CHECK(told.poll(0ms) == "refused");
    CHECK(session.is_open());
  }
  SECTION("while a poll comes, which gets an answer soon") {
    session.probe_came(Told::start);
    told.probe("2probe");
    CHECK(told.poll(10ms) == "waits");
    CHECK(session.next_tick() == Told::start + 110ms);
    session.tick(Told::start + 110ms);
    CHECK(told.happened() == "probe:3probe poll:6");
    told.probe("5", 120ms);
    CHECK(told.happened() == "adopt");
  }
  SECTION("while a poll comes that is too late") {
    session.probe_came(Told::start);
    told.probe("2probe");
    CHECK(told.poll(10ms) == "waits");
    told.probe("5", 20ms);
    CHECK(told.happened() == "probe:3probe adopt poll refused");
  }
  SECTION("while a poll comes that has been overtaken") {
    session.probe_came(Told::start);
    CHECK(told.poll(0ms) == "waits");
    told.probe("2probe");
    CHECK(told.happened() == "probe:3probe");
    told.probe("5");
    CHECK(told.happened() == "adopt poll refused");
  }
  SECTION("with messages for polls meanwhile") {
    session.probe_came(Told::start);
    told.probe("2probe");
    session.send(message("a"));
    CHECK(told.poll(10ms) == "4a");
  }
  SECTION("or not, because it says something else") {
    session.probe_came(Told::start);
    told.probe("4a");
    CHECK(told.happened() == "drop");
    CHECK(session.may_be_upgraded());
    told.probe("5");
    CHECK(told.happened().empty());
  }
  SECTION("or not, because it takes too long") {
    session.probe_came(Told::start);
    for (auto at = 250ms; at <= 1000ms; at += 250ms) {
      told.post("3", at);
      session.tick(Told::start + at);
    }
    CHECK(told.happened() == "drop");
    CHECK(session.is_open());
  }
  SECTION("or not, because it leaves") {
    session.probe_came(Told::start);
    told.probe("2probe");
    CHECK(told.poll(10ms) == "waits");
    session.probe_left();
    session.tick(Told::start + 200ms);
    CHECK(told.happened() == "probe:3probe");  // the poll waits on
    CHECK(session.may_be_upgraded());
  }
  SECTION("or not, because the session ends") {
    session.probe_came(Told::start);
    CHECK_FALSE(told.post("abc"));
    CHECK(told.happened() == "drop closed");
    told.probe("5");
    CHECK(told.happened().empty());
  }
}
