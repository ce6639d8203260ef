// SPDX-License-Identifier: MIT
// One connection on a pair of sockets, without a thread.
#include "api/connection.hpp"

#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <catch2/catch.hpp>

#include "api/mailbox.hpp"

using namespace restapi::api;
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
  bool is_idle() const override { return false; }
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
  std::size_t receive(std::size_t most) const {
    std::string bytes(most, ' ');
    auto const size = ::recv(theirs, bytes.data(), most, 0);
    return size < 0 ? 0 : static_cast<std::size_t>(size);
  }
};

}  // namespace

TEST_CASE("a queue that never becomes empty does not grow", "[http]") {
  Pair const sockets;
  SendLimits const limits{60s, 16 * 1024};
  auto const connection = std::make_shared<Connection>(sockets.ours, "", std::make_shared<Mailbox>(), limits,
                                                       [](Connection&) { return std::make_unique<Silent>(); });
  std::array<char, 1024> buffer;
  std::string const piece(100, '.');
  while (!connection->waits_for_reader()) {
    connection->send({piece, {}});
    REQUIRE(connection->take_turn(buffer) == Connection::Turn::waits);
  }
  for (int i = 0; i < 4'000; ++i) connection->send({piece, {}});
  auto const most = 2 * connection->unread();
  for (int i = 0; i < 100'000; ++i) {
    connection->send({piece, {}});
    connection->take_turn(buffer);
    REQUIRE(connection->waits_for_reader());
    REQUIRE(connection->unread() < most);
    sockets.receive(piece.size());
  }
}
