// SPDX-License-Identifier: MIT
// One connection on a pair of sockets, without a thread.
#include "net/connection.hpp"

#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <catch2/catch.hpp>

#include "net/mailbox.hpp"
#include "support/test_file.hpp"

using namespace restapi;
using namespace restapi::net;
using test::TestFile;
using namespace std::chrono_literals;

namespace {

class Silent final : public Protocol {
  void on_bytes(std::string_view) override {}
  void on_end() override {}
  void on_event(Event&) override {}
  void on_sent() override {}
  void on_deadline() override {}
  void on_drain() override {}
  void on_closed() override {}
  bool wants_bytes() const override { return true; }
  net::Standing standing() const override { return net::Standing::busy; }
  bool gives_way() const override { return false; }
};

struct Pair {
  int ours = -1, theirs = -1;
  Pair() {
    int both[2];
    REQUIRE(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, both) == 0);
    ours = both[0];
    theirs = both[1];
  }
  ~Pair() {
    ::close(ours);
    ::close(theirs);
  }
  /// What is there.
  std::string receive(std::size_t most = 1 << 20) const {
    std::string bytes(most, ' ');
    auto const size = ::recv(theirs, bytes.data(), most, 0);
    bytes.resize(size < 0 ? 0 : static_cast<std::size_t>(size));
    return bytes;
  }
};

struct Speaking {
  Connection::Turn turn() { return connection->take_turn(buffer); }

  Pair const sockets;
  SendLimits const limits{60s, 16 * 1024};
  std::array<char, 1024> buffer;
  std::shared_ptr<Connection> const connection = std::make_shared<Connection>(
      sockets.ours, "", std::make_shared<Mailbox>(), limits, [](Connection&) { return std::make_unique<Silent>(); });
};

}  // namespace

TEST_CASE("a queue that never becomes empty does not grow", "[http]") {
  Speaking speaking;
  auto const& connection = speaking.connection;
  std::string const piece(100, '.');
  while (!connection->waits_for_reader()) {
    connection->send({piece, {}});
    REQUIRE(speaking.turn() == Connection::Turn::waits);
  }
  for (int i = 0; i < 4'000; ++i) connection->send({piece, {}});
  auto const most = 2 * connection->unread();
  for (int i = 0; i < 100'000; ++i) {
    connection->send({piece, {}});
    speaking.turn();
    REQUIRE(connection->waits_for_reader());
    REQUIRE(connection->unread() < most);
    speaking.sockets.receive(piece.size());
  }
}

TEST_CASE("bytes of a file go out behind what was queued before and before what comes after", "[http][file]") {
  Speaking speaking;
  TestFile const file("0123456789");
  speaking.connection->send({"before ", "text "});
  speaking.connection->send({"head ", FileRange{file.open(), 2, 5}});
  speaking.connection->send({"empty ", FileRange{file.open(), 10, 0}});
  speaking.connection->send({"after", {}});
  CHECK(file.open_descriptors() == 2);
  CHECK(speaking.turn() == Connection::Turn::waits);
  CHECK(speaking.sockets.receive() == "before text head 23456empty after");
  CHECK(file.open_descriptors() == 0);
}

TEST_CASE("a large file takes no memory, and waits for its reader", "[http][file]") {
  Speaking speaking;
  constexpr std::size_t size = 8 << 20;
  std::string content(size, '\0');
  for (std::size_t i = 0; i < size; ++i) content[i] = static_cast<char>(i * 31 >> 8);
  TestFile const file(content);
  speaking.connection->send({"head", FileRange{file.open(), 0, size}});
  std::string received;
  bool has_waited = false;
  while (received.size() < size + 4) {
    REQUIRE(speaking.turn() != Connection::Turn::closes);
    has_waited = has_waited || speaking.connection->waits_for_reader();
    REQUIRE(speaking.connection->unread() < 1024);
    received += speaking.sockets.receive();
  }
  CHECK(has_waited);
  CHECK(received == "head" + content);
  CHECK(speaking.turn() == Connection::Turn::waits);
  CHECK(file.open_descriptors() == 0);
}

TEST_CASE("a file that has become shorter ends the connection after what it had", "[http][file]") {
  Speaking speaking;
  TestFile const file("0123456789");
  speaking.connection->send({"head ", FileRange{file.open(), 0, 10}});
  speaking.connection->send({"after", {}});
  file.shorten(4);
  CHECK(speaking.turn() == Connection::Turn::closes);
  CHECK(speaking.sockets.receive() == "head 0123");
  speaking.connection->close();
  CHECK(file.open_descriptors() == 0);
}

TEST_CASE("a file is closed once, with the last body that has it", "[http][file]") {
  TestFile const file("0123456789");
  {
    Body const body(FileRange{file.open(), 0, 10});
    CHECK(body.size() == 10);
    CHECK(body.text().empty());
    Speaking speaking;
    speaking.connection->send({"head ", body});
    CHECK(speaking.turn() == Connection::Turn::waits);
    CHECK(file.open_descriptors() == 1);
    speaking.connection->send({"head ", body});  // nobody takes it
    speaking.connection->close();
    CHECK(file.open_descriptors() == 1);
  }
  CHECK(file.open_descriptors() == 0);
  auto descriptor = file.open();
  FileDescriptor other(std::move(descriptor));
  CHECK_FALSE(descriptor.is_open());
  CHECK(file.open_descriptors() == 1);
  other = file.open();
  CHECK(file.open_descriptors() == 1);
  other = {};
  CHECK(file.open_descriptors() == 0);
}
