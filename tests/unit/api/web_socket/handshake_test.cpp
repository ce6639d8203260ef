// SPDX-License-Identifier: MIT
#include "api/web_socket/handshake.hpp"

#include <catch2/catch.hpp>

#include "api/web_socket/rate_limit.hpp"

using namespace restapi;
using namespace restapi::api::web_socket;

namespace {

http::Request request(std::vector<http::Header> changed = {}) {
  std::vector<http::Header> headers{{"Host", "server.example.com"},
                                    {"Upgrade", "websocket"},
                                    {"Connection", "Upgrade"},
                                    {"Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ=="},
                                    {"Sec-WebSocket-Version", "13"}};
  for (auto& [name, value] : changed) {
    std::erase_if(headers, [&, &name = name](auto const& header) { return header.first == name; });
    if (!value.empty()) headers.emplace_back(name, value);
  }
  return {"GET", "/ws", std::move(headers), "127.0.0.1"};
}

}  // namespace

TEST_CASE("a request becomes a WebSocket", "[web_socket][handshake]") {
  auto const agreed = shake_hands(request());  // the example of RFC 6455, 1.3
  CHECK(agreed.is_agreed());
  CHECK_FALSE(agreed.deflates);
  CHECK(agreed.response.headers.text() ==
        "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n");
  CHECK(shake_hands(request({{"Connection", "keep-alive, upgrade"}, {"Upgrade", "h2c, WebSocket"}})).is_agreed());
}

TEST_CASE("a request that cannot become one is told why", "[web_socket][handshake]") {
  auto const status = [](http::Request const& what) { return shake_hands(what).response.status; };
  auto const old = shake_hands(request({{"Sec-WebSocket-Version", "8"}}));
  CHECK(old.response.status == 426);
  CHECK(find_header(old.response.headers, "Sec-WebSocket-Version") == "13");
  CHECK(status(request({{"Sec-WebSocket-Version", ""}})) == 426);
  auto const plain = shake_hands(request({{"Upgrade", ""}}));
  CHECK(plain.response.status == 426);
  CHECK(find_header(plain.response.headers, "Upgrade") == "websocket");
  CHECK(status(request({{"Connection", "keep-alive"}})) == 400);
  for (auto const* key : {"", "AAAA", "dGhlIHNhbXBsZSBub25jZQ", "dGhlIHNhbXBsZSBub25jZQ==x",
                          "dGhlIHNhbXBsZSBub25jZTE=", "dGhlIHNhbXBsZSBub25jZR==", "-_hlIHNhbXBsZSBub25jZQ=="})
    CHECK(status(request({{"Sec-WebSocket-Key", key}})) == 400);
  auto posted = request();
  posted.method = "POST";
  CHECK(status(posted) == 400);
}

TEST_CASE("compression is agreed on where it binds the server to nothing", "[web_socket][handshake]") {
  constexpr auto accepted = "permessage-deflate; server_no_context_takeover; client_no_context_takeover";
  for (auto const* offer :
       {"permessage-deflate", "permessage-deflate; client_max_window_bits",
        "Permessage-Deflate;client_max_window_bits=10",
        "permessage-deflate; client_max_window_bits=\"9\"; server_no_context_takeover; client_no_context_takeover",
        "x-webkit-deflate-frame, permessage-deflate",
        "permessage-deflate; server_max_window_bits=10, permessage-deflate"}) {
    CAPTURE(offer);
    CHECK(accepted_extension(offer) == accepted);
    auto const agreed = shake_hands(request({{"Sec-WebSocket-Extensions", offer}}));
    CHECK(agreed.deflates);
    CHECK(find_header(agreed.response.headers, "Sec-WebSocket-Extensions") == accepted);
  }
  for (auto const* offer :
       {"", "permessage-bzip2", "permessage-deflate; server_max_window_bits=15", "permessage-deflate; unknown",
        "permessage-deflate; client_max_window_bits=16",
        "permessage-deflate; client_max_window_bits=", "permessage-deflate; server_no_context_takeover=1",
        "permessage-deflate; server_no_context_takeover; server_no_context_takeover", ", ;,"}) {
    CAPTURE(offer);
    CHECK_FALSE(accepted_extension(offer));
    auto const agreed = shake_hands(request({{"Sec-WebSocket-Extensions", offer}}));
    CHECK(agreed.is_agreed());
    CHECK_FALSE(agreed.deflates);
  }
}

TEST_CASE("so many messages at once, and so many a second", "[web_socket][rate_limit]") {
  using namespace std::chrono_literals;
  RateLimit limit(20, 100);
  auto now = std::chrono::steady_clock::time_point(1h);
  for (int i = 0; i < 100; ++i) CHECK(limit.take(now));
  CHECK_FALSE(limit.take(now));
  CHECK_FALSE(limit.take(now + 49ms));
  CHECK(limit.take(now += 50ms));
  CHECK_FALSE(limit.take(now));
  now += 1s;
  for (int i = 0; i < 20; ++i) CHECK(limit.take(now));
  CHECK_FALSE(limit.take(now));
  now += 1h;
  for (int i = 0; i < 100; ++i) CHECK(limit.take(now));
  CHECK_FALSE(limit.take(now));
}
