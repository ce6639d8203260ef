// SPDX-License-Identifier: MIT
#include "api/web_socket/reader.hpp"

#include <catch2/catch.hpp>
#include <vector>

#include "api/web_socket/deflate.hpp"
#include "support/client_frame.hpp"

using namespace restapi::api::web_socket;
using namespace restapi::test;

namespace {

constexpr std::size_t most = 1000;

/// What a reader hands out, one line each; at the end "closed 1002" where it is the client's fault.
std::vector<std::string> read(std::string_view bytes, bool inflates = false, std::size_t step = std::string::npos) {
  Reader reader(most, inflates);
  std::vector<std::string> lines;
  while (!bytes.empty()) {
    auto const piece = bytes.substr(0, step);
    bytes.remove_prefix(piece.size());
    auto const failure = reader.read(piece, [&](Received received) {
      static constexpr char const* names[] = {"text ", "binary ", "ping ", "pong ", "close "};
      std::string line = names[static_cast<int>(received.what)];
      if (received.what == Received::What::close) line += std::to_string(static_cast<int>(received.code)) + " ";
      lines.push_back(line + received.payload);
      return true;
    });
    if (failure) lines.push_back("closed " + std::to_string(static_cast<int>(*failure)));
  }
  lines.push_back(reader.is_at_rest() ? "at rest" : "in the middle");
  return lines;
}

using Lines = std::vector<std::string>;

}  // namespace

TEST_CASE("messages and control frames are read from pieces of any size", "[web_socket][reader]") {
  std::string const large(300, 'x');
  auto const bytes = client_frame(last | text, "hello") + client_frame(last | ping, "a") +
                     client_frame(last | binary, std::string("\0\xff", 2)) + client_frame(text, "h\xc3") +
                     client_frame(last | pong, "between") + client_frame(continuation, "") +
                     client_frame(last | continuation, "\xa9") + client_frame(last | text, large) +
                     client_frame(last | text, "");
  Lines const expected{"text hello",   "ping a",         std::string("binary \0\xff", 9),
                       "pong between", "text h\xc3\xa9", "text " + large,
                       "text ",        "at rest"};
  for (std::size_t const step : {1, 2, 3, 7, 100, 100'000}) {
    CAPTURE(step);
    CHECK(read(bytes, false, step) == expected);
  }
}

TEST_CASE("what is between two messages takes no memory", "[web_socket][reader]") {
  auto const frame = client_frame(last | text, "hello");
  for (std::size_t size = 1; size < frame.size(); ++size) CHECK(read(frame.substr(0, size)) == Lines{"in the middle"});
  CHECK(read(client_frame(text, "hello")) == Lines{"in the middle"});
  CHECK(read(frame + frame.substr(0, 1)) == Lines{"text hello", "in the middle"});
}

TEST_CASE("a client that breaks the protocol is told how", "[web_socket][reader]") {
  struct Case {
    char const* what;
    std::string bytes;
    char const* expected;
  };
  auto const cases = std::vector<Case>{
      {"not masked", frame_head(last | text, 5, false) + "hello", "closed 1002"},
      {"reserved bit 1 without an extension", client_frame(last | is_deflated | text, "hello"), "closed 1002"},
      {"reserved bit 2", client_frame(last | 0x20 | text, "hello"), "closed 1002"},
      {"reserved bit 3", client_frame(last | 0x10 | text, "hello"), "closed 1002"},
      {"unknown opcode", client_frame(last | 3, "hello"), "closed 1002"},
      {"unknown control frame", client_frame(last | 11, "hello"), "closed 1002"},
      {"control frame in fragments", client_frame(ping, "hello"), "closed 1002"},
      {"control frame too long", client_frame(last | ping, std::string(126, 'x')), "closed 1002"},
      {"length in two bytes that fits in one", std::string("\x81\xfe\x00\x05", 4) + masked("hello"), "closed 1002"},
      {"length in eight bytes that fits in two", std::string("\x81\xff\0\0\0\0\0\0\0\x05", 10) + masked("hello"),
       "closed 1002"},
      {"length beyond 63 bits", std::string("\x81\xff\x80\0\0\0\0\0\0\x05", 10) + masked("hello"), "closed 1002"},
      {"announces gigabytes", frame_head(last | text, std::size_t{1} << 40) + masked("hello"), "closed 1009"},
      {"too large", client_frame(last | text, std::string(most + 1, 'x')), "closed 1009"},
      {"too large in fragments", client_frame(text, std::string(most, 'x')) + client_frame(last | continuation, "x"),
       "closed 1009"},
      {"continuation of nothing", client_frame(last | continuation, "hello"), "closed 1002"},
      {"message within a message", client_frame(text, "a") + client_frame(last | text, "b"), "closed 1002"},
      {"no UTF-8", client_frame(last | text, "h\xc3"), "closed 1007"},
      {"no UTF-8 (surrogate)", client_frame(last | text, "\xed\xa0\x80"), "closed 1007"},
      {"close with one byte", client_frame(last | closing, "x"), "closed 1002"},
      {"close with a code that is none", client_frame(last | closing, close_payload(999)), "closed 1002"},
      {"close with a code that is never sent", client_frame(last | closing, close_payload(1006)), "closed 1002"},
      {"close with a reason that is no UTF-8", client_frame(last | closing, close_payload(1000, "\xff")),
       "closed 1007"},
  };
  for (auto const& [what, bytes, expected] : cases) {
    CAPTURE(what);
    auto const more = client_frame(last | text, "never read");
    for (std::size_t const step : {std::size_t{1}, std::string::npos})
      CHECK(read(bytes + more, false, step) == Lines{expected, "at rest"});
  }
}

TEST_CASE("a message has no more fragments than bytes", "[web_socket][reader]") {
  std::string fragments;
  for (std::size_t i = 1; i < most; ++i) fragments += client_frame(continuation, "x");
  CHECK(read(client_frame(text, "x") + fragments + client_frame(last | ping, "")) == Lines{"ping ", "in the middle"});
  std::string empty;
  for (std::size_t i = 1; i <= most; ++i) empty += client_frame(continuation, "");
  CHECK(read(client_frame(text, "") + empty) == Lines{"closed 1009", "at rest"});
}

TEST_CASE("nothing is read behind a close", "[web_socket][reader]") {
  auto const more = client_frame(last | text, "never read");
  CHECK(read(client_frame(last | closing, "") + more) == Lines{"close 1005 ", "at rest"});
  CHECK(read(client_frame(last | closing, close_payload(1001, "bye")) + more, false, 1) ==
        Lines{"close 1001 bye", "at rest"});
  CHECK(read(client_frame(text, "a") + client_frame(last | closing, close_payload(4999))) ==
        Lines{"close 4999 ", "at rest"});
}

TEST_CASE("a reader goes no further than is wanted", "[web_socket][reader]") {
  Reader reader(most, false);
  int count = 0;
  auto const bytes = client_frame(last | text, "a") + client_frame(last | text, "b");
  CHECK_FALSE(reader.read(bytes, [&](Received const&) { return ++count > 1; }));
  CHECK(count == 1);
}

TEST_CASE("compressed messages are read", "[web_socket][reader][deflate]") {
  auto const payload = deflated("hello hello hello");
  CHECK(read(client_frame(last | is_deflated | text, payload), true) == Lines{"text hello hello hello", "at rest"});
  // In fragments, of which the first says so (RFC 7692, 7.2.3.1), with a ping between.
  CHECK(read(client_frame(is_deflated | text, payload.substr(0, 3)) + client_frame(last | ping, "") +
                 client_frame(last | continuation, payload.substr(3)),
             true, 1) == Lines{"ping ", "text hello hello hello", "at rest"});
  CHECK(read(client_frame(last | text, "plain"), true) == Lines{"text plain", "at rest"});
  struct Case {
    char const* what;
    std::string bytes;
    char const* expected;
  };
  auto const bomb = deflated(std::string(100'000, 'x'));
  REQUIRE(bomb.size() < most);
  auto const cases = std::vector<Case>{
      {"a bomb", client_frame(last | is_deflated | text, bomb), "closed 1009"},
      {"one byte too large", client_frame(last | is_deflated | text, deflated(std::string(most + 1, 'x'))),
       "closed 1009"},
      {"no deflate", client_frame(last | is_deflated | text, "\xff\xff\xff\xff"), "closed 1007"},
      {"no UTF-8", client_frame(last | is_deflated | text, deflated("\xff")), "closed 1007"},
      {"reserved bit of a continuation",
       client_frame(is_deflated | text, "a") + client_frame(last | is_deflated | continuation, "b"), "closed 1002"},
      {"reserved bit of a control frame", client_frame(last | is_deflated | ping, ""), "closed 1002"},
  };
  for (auto const& [what, bytes, expected] : cases) {
    CAPTURE(what);
    CHECK(read(bytes, true) == Lines{expected, "at rest"});
  }
}
