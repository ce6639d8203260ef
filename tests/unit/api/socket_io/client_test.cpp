// SPDX-License-Identifier: MIT
#include "api/socket_io/client.hpp"

#include <catch2/catch.hpp>
#include <utility>

using namespace restapi::api;
using namespace restapi::api::socket_io;
using namespace std::chrono_literals;

namespace {

engine_io::Settings const settings{};

/// Knows "/", "/custom" and "/slow"; says what it is told, and does what it is told.
class Told final : public Application {
 public:
  std::unique_ptr<Listener> connect(Socket& socket, std::string_view auth) override {
    auto const& name = socket.name_space();
    happened += "connect " + name + " " + std::string(auth) + "\n";
    if (name == "/many" || name.starts_with("/n")) {
      socket.accept("s");
    } else if (name == "/slow") {
      slow = &socket;
    } else if (name == "/refused") {
      socket.refuse("not you");
    } else if (name == "/turned-away") {
      socket.refuse("not you either");
      return nullptr;
    } else if (name != "/" && name != "/custom") {
      return nullptr;
    } else {
      socket.accept("s1", name == "/custom" ? "p\"1" : "");
    }
    return std::make_unique<Speaker>(*this, socket);
  }

  struct Speaker final : Listener {
    Speaker(Told& what, Socket& which) : told(what), socket(which) {}
    ~Speaker() override { told.happened += "free " + socket.name_space() + "\n"; }
    void on_event(Event event) override {
      told.happened += "event " + event.name + " " + event.arguments;
      for (auto const& bytes : event.attachments) told.happened += " <" + bytes + ">";
      told.happened += "\n";
      if (event.name == "leave") socket.disconnect();
      if (event.name == "emit") socket.emit("\"back\"" + (event.arguments.empty() ? "" : "," + event.arguments));
      if (event.name == "emit binary") socket.emit("\"back\"," + event.arguments, std::move(event.attachments));
      if (event.name == "both") {
        socket.send(event_message(socket.name_space(), "\"one\",1"));
        socket.emit("\"two\"");
      }
      if (event.ack) socket.acknowledge(*event.ack, event.arguments, std::move(event.attachments));
    }
    void on_sent() override { told.happened += "sent " + socket.name_space() + "\n"; }
    void on_tick() override { told.happened += "tick " + socket.name_space() + "\n"; }
    void on_disconnected() override { told.happened += "gone " + socket.name_space() + "\n"; }
    Told& told;
    Socket& socket;
  };

  std::string happened;
  Socket* slow = nullptr;
};

/// A client over a session.
class Serving final : public engine_io::Output {
 public:
  explicit Serving(ClientOptions const& options = {}, engine_io::Transport transport = engine_io::Transport::web_socket)
      : session("id", transport, settings, start, *this),
        client(session, {}, std::shared_ptr<Application>(std::shared_ptr<void>(), &told), options) {
    session.take();  // what opens the session
  }

  void answer_poll(std::string payload) override { polled = std::move(payload); }
  void refuse_poll() override {}
  void wake_web_socket() override {}
  void answer_probe(engine_io::Message) override {}
  void adopt_probe() override {}
  void drop_probe() override {}
  void received(engine_io::Kind kind, std::string data) override { client.on_message(kind, std::move(data)); }
  void sent() override { client.on_sent(); }
  void deadline_passed() override { client.on_deadline(); }
  void closed() override { client.on_closed(); }

  /// The packets that come back, one line each: without the digit of Engine.IO, bytes in brackets.
  std::string say(std::string_view packet) {
    session.web_socket_received(engine_io::Kind::text, "4" + std::string(packet), start);
    return answered();
  }
  std::string say_bytes(std::string_view bytes) {
    session.web_socket_received(engine_io::Kind::binary, bytes, start);
    return answered();
  }
  std::string answered() {
    std::string lines;
    for (auto const& message : session.take())
      lines += (message.kind() == engine_io::Kind::text ? message.payload().substr(1) : "<" + message.payload() + ">") +
               "\n";
    return lines;
  }
  std::string happened() { return std::exchange(told.happened, {}); }
  bool is_closed() const { return !session.is_open(); }

  static constexpr engine_io::Time start{1h};
  Told told;
  std::string polled;  // what a poll that waited was answered
  engine_io::Session session;
  Client client;
};

}  // namespace

TEST_CASE("clients connect to namespaces", "[socket_io][client]") {
  Serving serving;
  CHECK(serving.say("0") == "0{\"sid\":\"s1\"}\n");
  CHECK(serving.say("0/custom,{\"token\":\"123\"}") == "0/custom,{\"sid\":\"s1\",\"pid\":\"p\\\"1\"}\n");
  CHECK(serving.happened() == "connect / {}\nconnect /custom {\"token\":\"123\"}\n");
  CHECK(serving.say("0/random") == "4/random,{\"message\":\"Invalid namespace\"}\n");
  CHECK(serving.say("0/refused") == "4/refused,{\"message\":\"not you\"}\n");
  CHECK_FALSE(serving.is_closed());
  serving.happened();
  CHECK(serving.say("2[\"a\"]").empty());
  CHECK(serving.happened() == "free /refused\nevent a \n");
}

TEST_CASE("a connection may be accepted later", "[socket_io][client]") {
  Serving serving;
  SECTION("and is") {
    CHECK(serving.say("0/slow,").empty());
    serving.told.slow->emit("\"too soon\"");
    serving.told.slow->accept("s2");
    serving.told.slow->accept("s3");
    CHECK(serving.answered() == "0/slow,{\"sid\":\"s2\"}\n");
    CHECK(serving.say("2/slow,[\"a\"]").empty());
    CHECK(serving.happened() == "connect /slow {}\nevent a \n");
  }
  SECTION("or refused") {
    CHECK(serving.say("0/slow,").empty());
    serving.told.slow->refuse("no");
    CHECK(serving.answered() == "4/slow,{\"message\":\"no\"}\n");
    CHECK(serving.happened() == "connect /slow {}\n");
  }
  SECTION("but not used before") {
    CHECK(serving.say("0/slow,").empty());
    CHECK(serving.say("2/slow,[\"a\"]").empty());
    CHECK(serving.is_closed());
    CHECK(serving.happened() == "connect /slow {}\ngone /slow\n");
  }
}

TEST_CASE("events and acknowledgements go there and back", "[socket_io][client]") {
  Serving serving;
  serving.say("0");
  serving.say("0/custom");
  CHECK(serving.say("2[\"emit\",1,\"2\",{\"3\":[true]}]") == "2[\"back\",1,\"2\",{\"3\":[true]}]\n");
  CHECK(serving.say("2/custom,[\"emit\"]") == "2/custom,[\"back\"]\n");
  CHECK(serving.say("2/custom,[\"both\"]") == "2/custom,[\"one\",1]\n2/custom,[\"two\"]\n");
  CHECK(serving.say("2456[\"ask\",1,\"2\"]") == "3456[1,\"2\"]\n");
  CHECK(serving.say("2/custom,7[\"ask\"]") == "3/custom,7[]\n");
  CHECK(serving.say("312[1]").empty());  // to nothing that was sent
  CHECK_FALSE(serving.is_closed());
}

TEST_CASE("listeners hear a clock once somebody is connected", "[socket_io][client]") {
  Serving serving;
  serving.say("0");
  serving.say("0/custom");
  serving.happened();
  serving.session.tick(Serving::start + 15s - 1ms);
  CHECK(serving.happened().empty());
  serving.session.tick(Serving::start + 15s);
  CHECK(serving.happened() == "tick /\ntick /custom\n");
  serving.session.tick(Serving::start + 30s - 1ms);
  CHECK(serving.happened().empty());
  serving.session.tick(Serving::start + 30s);
  CHECK(serving.happened() == "tick /\ntick /custom\n");
}

TEST_CASE("bytes come behind their packet", "[socket_io][client]") {
  Serving serving;
  serving.say("0");
  std::string const places = "{\"_placeholder\":true,\"num\":0},{\"_placeholder\":true,\"num\":1}";
  CHECK(serving.say("52-[\"emit binary\"," + places + "]").empty());
  CHECK(serving.say_bytes("abc").empty());
  CHECK(serving.say_bytes("def") == "52-[\"back\"," + places + "]\n<abc>\n<def>\n");
  CHECK(serving.say("51-789[\"ask\",{\"_placeholder\":true,\"num\":0}]").empty());
  CHECK(serving.say_bytes("abc") == "61-789[{\"_placeholder\":true,\"num\":0}]\n<abc>\n");
  SECTION("and nothing else comes between") {
    serving.say("52-[\"a\"]");
    serving.say_bytes("abc");
    serving.say("2[\"a\"]");
  }
  SECTION("and not without it") { serving.say_bytes("abc"); }
  SECTION("and not too many") { serving.say("511-[\"a\"]"); }
  CHECK(serving.is_closed());
}

TEST_CASE("bytes are bounded", "[socket_io][client]") {
  Serving serving({.max_packet = 20});
  serving.say("0");
  serving.say("52-[\"a\"]");
  serving.say_bytes("0123456789");
  CHECK_FALSE(serving.is_closed());
  serving.say_bytes("0123456789");
  CHECK(serving.is_closed());
}

TEST_CASE("either side disconnects", "[socket_io][client]") {
  Serving serving;
  serving.say("0");
  serving.say("0/custom");
  serving.happened();
  SECTION("the client, from one namespace") {
    CHECK(serving.say("1/custom,").empty());
    CHECK(serving.happened() == "gone /custom\n");
    CHECK(serving.say("2[\"emit\"]") == "2[\"back\"]\n");
    CHECK(serving.happened() == "free /custom\nevent emit \n");
    CHECK(serving.say("1").empty());
    CHECK_FALSE(serving.is_closed());  // it may connect again
    CHECK(serving.say("0") == "0{\"sid\":\"s1\"}\n");
  }
  SECTION("the server") {
    CHECK(serving.say("2/custom,[\"leave\"]") == "1/custom,\n");
    CHECK(serving.happened() == "event leave \ngone /custom\n");
    CHECK_FALSE(serving.is_closed());
  }
  SECTION("by leaving altogether") {
    serving.session.web_socket_left();
    CHECK(serving.happened() == "gone /\ngone /custom\n");
  }
}

TEST_CASE("clients that break the protocol are closed", "[socket_io][client]") {
  Serving serving;
  serving.say("0");
  for (auto const* packet : {"abc", "2{}", "2[]", "2[1]", "2abc[\"ask\"]", "0", "0/custom,[]", "4{\"message\":\"a\"}",
                             "2/custom,[\"a\"]", "1/custom,", "3/custom,1[]"}) {
    CAPTURE(packet);
    Serving one;
    one.say("0");
    CHECK_FALSE(one.is_closed());
    CHECK(one.say(packet).empty());
    CHECK(one.is_closed());
  }
  Serving unconnected;
  unconnected.say("2[\"a\"]");
  CHECK(unconnected.is_closed());
}

TEST_CASE("a client connects soon, and to a few namespaces", "[socket_io][client]") {
  Serving serving;
  SECTION("or is closed") {
    serving.say("0/random");
    serving.session.tick(Serving::start + 45s - 1ms);
    CHECK_FALSE(serving.is_closed());
    serving.session.tick(Serving::start + 45s);
    CHECK(serving.is_closed());
  }
  SECTION("and stays") {
    serving.say("0");
    serving.session.tick(Serving::start + 44s);  // a ping
    serving.session.web_socket_received(engine_io::Kind::text, "3", Serving::start + 44s);
    serving.session.tick(Serving::start + 45s);
    CHECK_FALSE(serving.is_closed());
  }
  SECTION("beyond which it is refused") {
    for (int i = 0; i < 16; ++i) serving.say("0/n" + std::to_string(i));
    CHECK(serving.say("0") == "4{\"message\":\"Too many namespaces\"}\n");
    serving.say("1/n1");
    CHECK(serving.say("0") == "0{\"sid\":\"s1\"}\n");
  }
}

TEST_CASE("listeners hear when all is sent", "[socket_io][client]") {
  Serving serving;
  serving.say("0");
  serving.say("0/custom");
  serving.happened();
  serving.session.web_socket_sent();
  CHECK(serving.happened() == "sent /\nsent /custom\n");
}

// What is sent answers the poll at once, so on_sent() comes while the member is still being refused. AddressSanitizer
// sees it if the member has gone by then.
TEST_CASE("whoever is refused while a poll waits is told why", "[socket_io][client]") {
  for (std::string const name : {"/turned-away", "/elsewhere"}) {
    Serving serving({}, engine_io::Transport::polling);
    serving.session.poll(Serving::start);
    CHECK(serving.session.post("40" + name + ",", Serving::start));
    CHECK(serving.polled.starts_with("44" + name + ",{\"message\":"));
    CHECK_FALSE(serving.is_closed());
  }
}
