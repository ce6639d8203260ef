// SPDX-License-Identifier: MIT
#include "api/web_socket/message.hpp"

#include <catch2/catch.hpp>

#include "api/web_socket/deflate.hpp"

using namespace restapi::api::web_socket;
using restapi::net::Outgoing;

namespace {

std::string bytes_of(Outgoing const& outgoing) { return outgoing.head + outgoing.body.text(); }

}  // namespace

TEST_CASE("frames of a server are not masked", "[web_socket][message]") {
  CHECK(bytes_of(Message(Kind::text, "hello").frame(false)) == "\x81\x05hello");
  CHECK(bytes_of(Message(Kind::binary, std::string("\0\1", 2)).frame(false)) == std::string("\x82\x02\0\1", 4));
  CHECK(bytes_of(Message(Kind::text, "").frame(true)) == std::string("\x81\0", 2));
  CHECK(Message(Kind::text, std::string(125, 'x')).frame(false).head == "\x81\x7d");
  CHECK(Message(Kind::text, std::string(126, 'x')).frame(false).head == std::string("\x81\x7e\0\x7e", 4));
  CHECK(Message(Kind::text, std::string(65'535, 'x')).frame(false).head == "\x81\x7e\xff\xff");
  CHECK(Message(Kind::text, std::string(65'536, 'x')).frame(false).head == std::string("\x81\x7f\0\0\0\0\0\1\0\0", 10));
  CHECK(bytes_of(ping_frame("a")) ==
        "\x89\x01"
        "a");
  CHECK(bytes_of(pong_frame("")) == std::string("\x8a\0", 2));
}

TEST_CASE("a close has a code and a reason, or nothing", "[web_socket][message]") {
  CHECK(bytes_of(close_frame(CloseCode::none)) == std::string("\x88\0", 2));
  CHECK(bytes_of(close_frame(CloseCode::normal)) == "\x88\x02\x03\xe8");
  CHECK(bytes_of(close_frame(CloseCode::try_again_later, "later")) == "\x88\x07\x03\xf5later");
  // Cut off between two characters.
  std::string reason = "x";
  while (reason.size() < 200) reason += "\xc3\xa9";
  auto const frame = bytes_of(close_frame(CloseCode::normal, reason));
  CHECK(frame == "\x88\x7d\x03\xe8" + reason.substr(0, 123));
}

TEST_CASE("a message is compressed once for all", "[web_socket][message][deflate]") {
  std::string const text(worth_deflating, 'x');
  Message const message(Kind::text, text);
  auto const first = message.frame(true);
  auto const second = Message(message).frame(true);
  CHECK(first.body.text().data() == second.body.text().data());
  CHECK(static_cast<unsigned char>(first.head[0]) == 0xc1);
  CHECK(inflated(first.body.text(), text.size()).message == text);
  CHECK(message.frame(false).body.text().data() == message.payload().data());
  CHECK(message.frame(false).head[0] == '\x81');
  CHECK(Message(Kind::text, text.substr(1)).frame(true).head[0] == '\x81');  // small ones are not
  std::string noise;
  for (unsigned i = 0, state = 1; i < 2000; ++i) noise += static_cast<char>((state = state * 1103515245 + 12345) >> 16);
  CHECK(Message(Kind::binary, noise).frame(true).head[0] == '\x82');  // nor what would not be smaller
}

TEST_CASE("inflating makes no more than is allowed", "[web_socket][deflate]") {
  std::string text;
  for (int i = 0; i < 20'000; ++i) text += std::to_string(i);
  auto const payload = deflated(text);
  CHECK(payload.size() < text.size() / 2);
  CHECK(inflated(payload, text.size()).message == text);
  auto const one_less = inflated(payload, text.size() - 1);
  CHECK(one_less.error == InflateError::too_large);
  CHECK(one_less.message.size() < text.size());
  CHECK(inflated(payload.substr(0, payload.size() / 2), text.size()).message.size() < text.size());
  CHECK(inflated("", 10).message.empty());
  CHECK(inflated(deflated(""), 0).message.empty());
  CHECK(inflated(std::string(1, '\0'), 0).message.empty());  // RFC 7692, 7.2.3.6
  // A block that says it is the last, and another one behind it (7.2.3.5).
  std::string const last_block("\xf3\x48\xcd\xc9\xc9\x07\x00\x00", 8);
  CHECK(inflated(last_block, 10).message == "Hello");
}
