// SPDX-License-Identifier: MIT
/// Any bytes are a payload of Engine.IO, as far as they are packets; and whatever is asked of a session in whatever
/// order, a poll that waits is answered once, and nothing happens behind the end.
///
/// The session is told one thing by each byte, or by a byte and the packet behind it up to the next line end.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "api/engine_io/session.hpp"
#include "base/utf8.hpp"
#include "fuzz/require.hpp"

using restapi::fuzz::require;

namespace {

using namespace restapi::api::engine_io;
using namespace std::chrono_literals;

Settings const settings{.ping_interval = 30ms, .ping_timeout = 20ms, .upgrade_timeout = 100ms, .most_waiting = 1000};

class Life final : public Output {
 public:
  explicit Life(Transport transport) : session("id", transport, settings, now, *this) {}

  void answer_poll(std::string) override { answer(); }
  void refuse_poll() override { answer(); }
  void wake_web_socket() override {}
  void answer_probe(Message) override { require(has_probe); }
  void adopt_probe() override { require(std::exchange(has_probe, false)); }
  void drop_probe() override { require(std::exchange(has_probe, false)); }
  void received(Kind kind, std::string data) override {
    require(!is_closed && (kind == Kind::binary || restapi::utf8::is_valid(data)));
    if (data == "close") session.close();
    session.send(packet(PacketType::message, data));
  }
  void sent() override { require(!is_closed); }
  void deadline_passed() override {}
  void closed() override { require(!std::exchange(is_closed, true)); }

  void tell(char what, std::string_view text) {
    switch (what) {
      case 'p': {
        bool const waited = poll_waits;
        auto const polled = session.poll(now);
        if (waited) require(!std::holds_alternative<Session::Waits>(polled));
        if (std::holds_alternative<Session::Waits>(polled)) poll_waits = true;
        break;
      }
      case 'l':
        poll_waits = false;
        session.poll_left(now);
        break;
      case 'o':
        session.post(text, now);
        break;
      case 'w':
        if (restapi::utf8::is_valid(text)) session.web_socket_received(Kind::text, text, now);
        break;
      case 'b':
        session.web_socket_received(Kind::binary, text, now);
        break;
      case 't':
        session.take();
        session.web_socket_sent();
        break;
      case 'c':
        if (session.may_be_upgraded()) {
          has_probe = true;
          session.probe_came(now);
        }
        break;
      case 'r':
        if (has_probe && restapi::utf8::is_valid(text)) session.probe_received(Kind::text, text, now);
        break;
      case 'v':
        if (std::exchange(has_probe, false)) session.probe_left();
        break;
      case 's':
        session.send(packet(PacketType::message, text));
        break;
      case 'x':
        session.close();
        break;
      default:
        now += std::chrono::milliseconds(static_cast<unsigned char>(what) % 64);
        session.tick(now);
        require(session.next_tick() > now);
    }
    require(session.is_open() == !is_closed);
    if (session.is_gone()) require(!poll_waits && !has_probe);
  }

  Time now{1h};
  bool poll_waits = false;
  bool has_probe = false;
  bool is_closed = false;
  Session session;

 private:
  void answer() { require(std::exchange(poll_waits, false)); }
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
  std::string_view text(reinterpret_cast<char const*>(data), size);
  auto const payload = read_payload(text);
  require(!payload.is_whole || !payload.packets.empty());
  for (auto const& one : payload.packets) {
    auto const again = one.kind == Kind::binary ? binary_packet(one.data) : packet(one.type, one.data);
    auto const read_again = read_packet(again.kind(), again.payload());
    require(read_again && read_again->type == one.type && read_again->data == one.data);
  }
  for (auto const transport : {Transport::polling, Transport::web_socket}) {
    Life life(transport);
    for (auto rest = text; !rest.empty();) {
      auto const what = rest.front();
      rest.remove_prefix(1);
      auto const has_text = std::string_view("owbrs").find(what) != std::string_view::npos;
      auto const argument = has_text ? rest.substr(0, rest.find('\n')) : std::string_view();
      rest.remove_prefix(std::min(argument.size(), rest.size()));
      life.tell(what, argument);
    }
  }
  return 0;
}
