// SPDX-License-Identifier: MIT
#include "api/engine_io/packet.hpp"

#include <catch2/catch.hpp>

using namespace restapi::api::engine_io;

namespace {

std::string shown(Packet const& packet) {
  return std::to_string(static_cast<int>(packet.type)) + (packet.kind == Kind::text ? "" : "b") + packet.data;
}

/// The packets of a payload, and "!" where it is not whole.
std::string read(std::string_view body) {
  auto const payload = read_payload(body);
  std::string text;
  for (auto const& packet : payload.packets) text += "<" + shown(packet) + ">";
  return text + (payload.is_whole ? "" : "!");
}

}  // namespace

TEST_CASE("payloads are taken apart", "[engine_io][packet]") {
  CHECK(read("4hello") == "<4hello>");
  CHECK(read("3") == "<3>");
  CHECK(read("4test1\x1e"
             "4test2\x1e"
             "4") == "<4test1><4test2><4>");
  CHECK(read("4hello\x1e"
             "bAQIDBA==") == "<4hello><4b\1\2\3\4>");
  CHECK(read("b") == "<4b>");
  CHECK(read("4\xe2\x82\xac") == "<4\xe2\x82\xac>");
  CHECK(read("6\x1e"
             "5\x1e"
             "0{}") == "<6><5><0{}>");
}

TEST_CASE("what is no packet is refused, behind what came before it", "[engine_io][packet]") {
  CHECK(read("abc") == "!");
  CHECK(read("") == "!");
  CHECK(read("7") == "!");
  CHECK(read("4a\x1e") == "<4a>!");
  CHECK(read("4a\x1e"
             "abc\x1e"
             "4b") == "<4a>!");
  for (auto const* base64 : {"bAQIDBA=", "bAQIDBA", "b====", "bAQID BA==", "bAQIDBB=="}) CHECK(read(base64) == "!");
  CHECK(read("4\xff") == "!");
}

TEST_CASE("packets of a WebSocket", "[engine_io][packet]") {
  CHECK(shown(*read_packet(Kind::text, "2probe")) == "2probe");
  CHECK(shown(*read_packet(Kind::binary, "abc")) == "4babc");
  CHECK(shown(*read_packet(Kind::binary, "")) == "4b");
  CHECK_FALSE(read_packet(Kind::text, ""));
  CHECK_FALSE(read_packet(Kind::text, "x"));
}

TEST_CASE("payloads are put together", "[engine_io][packet]") {
  std::vector<Message> const packets{packet(PacketType::message, "hello"), binary_packet("\1\2\3\4"),
                                     packet(PacketType::ping)};
  CHECK(payload_of(packets) ==
        "4hello\x1e"
        "bAQIDBA==\x1e"
        "2");
  CHECK(payload_of({}).empty());
  CHECK(read(payload_of(packets)) == "<4hello><4b\1\2\3\4><2>");
}
