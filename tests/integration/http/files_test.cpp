// SPDX-License-Identifier: MIT
// Files that are sent as they lie on the disk, and parts of them, over real sockets.
#include <catch2/catch.hpp>

#include "test_application.hpp"

using namespace restapi;
using namespace restapi::test;
using std::chrono::milliseconds;

namespace {

/// More than the kernel takes for a reader that is slow.
constexpr std::size_t file_size = 16 * 1024 * 1024;

std::string const& content() {
  static std::string const text = [] {
    std::string bytes(file_size, '\0');
    for (std::size_t i = 0; i < file_size; ++i) bytes[i] = static_cast<char>(i * 31 >> 8);
    return bytes;
  }();
  return text;
}

struct FileServer : TestServer {
  explicit FileServer(http::ServerOptions const& options = {}) : TestServer(options) {
    application.file.emplace(content());
  }
  std::size_t open_files() const { return application.file->open_descriptors(); }
  bool all_closed() const {
    return comes_true([&] { return open_files() == 0; });
  }

  /// One that has begun to read the file and cannot take it all.
  SocketClient slow_reader() const {
    SocketClient client;
    client.shrink_receive_buffer();
    client.connect(port);
    REQUIRE(client.send(get("/file")));
    REQUIRE(client.receive_bytes(1000).size() == 1000);
    return client;
  }
};

std::string get_part(std::string const& headers) { return "GET /file HTTP/1.1\r\nHost: h\r\n" + headers + "\r\n\r\n"; }

std::string header_of(Received const& received, std::string const& name) {
  auto const at = received.head.find("\r\n" + name + ": ");
  if (at == std::string::npos) return {};
  auto const begin = at + name.size() + 4;
  return received.head.substr(begin, received.head.find("\r\n", begin) - begin);
}

}  // namespace

TEST_CASE("a file is sent among other answers, in their order", "[http][file]") {
  FileServer server;
  auto client = server.connect();
  REQUIRE(client.send(get("/a") + get("/file") + "HEAD /file HTTP/1.1\r\nHost: h\r\n\r\n" + get("/file") + get("/b")));
  for (std::string const& expected : {std::string("/a"), content(), std::string(), content(), std::string("/b")}) {
    auto const received = client.receive(expected.empty());
    REQUIRE(received);
    CHECK(received->status == 200);
    CHECK((received->body == expected));
    if (expected.empty()) CHECK(header_of(*received, "Content-Length") == std::to_string(file_size));
  }
  CHECK(server.all_closed());
}

TEST_CASE("a part of a file is sent, or all of it, or nothing", "[http][file]") {
  FileServer server;
  auto client = server.connect();
  auto const all = std::to_string(file_size);
  struct Case {
    std::string headers;
    int status;
    std::size_t offset, length;
    std::string range;
  };
  for (auto const& [headers, status, offset, length, range] : {
           Case{"Range: bytes=1000-1999", 206, 1000, 1000, "bytes 1000-1999/" + all},
           Case{"Range: bytes=5000000-", 206, 5'000'000, file_size - 5'000'000,
                "bytes 5000000-" + std::to_string(file_size - 1) + "/" + all},
           Case{"Range: bytes=-1", 206, file_size - 1, 1, "bytes 16777215-16777215/" + all},
           Case{"Range: bytes=0-9\r\nIf-Range: \"1\"", 206, 0, 10, "bytes 0-9/" + all},
           Case{"Range: bytes=0-9\r\nIf-Range: \"2\"", 200, 0, file_size, ""},
           Case{"Range: bytes=0-9,20-29", 200, 0, file_size, ""},
           Case{"Range: bytes=16777216-", 416, 0, 0, "bytes */" + all},
       }) {
    INFO(headers);
    REQUIRE(client.send(get_part(headers)));
    auto const received = client.receive();
    REQUIRE(received);
    CHECK(received->status == status);
    CHECK((received->body == content().substr(offset, length)));
    CHECK(header_of(*received, "Content-Range") == range);
    CHECK(header_of(*received, "ETag") == "\"1\"");
  }
  CHECK(server.all_closed());
}

TEST_CASE("a file is let go when its reader leaves", "[http][file]") {
  FileServer server;
  auto one = server.slow_reader();
  auto other = server.slow_reader();
  CHECK(server.open_files() == 2);
  one.reset();
  CHECK(comes_true([&] { return server.open_files() == 1; }));
  other.close();
  CHECK(server.all_closed());
  CHECK(comes_true([&] { return server.server.counts().connections == 0; }));
}

TEST_CASE("a file is let go when its reader takes nothing", "[http][file]") {
  FileServer server({.write_timeout = milliseconds{100}});
  auto client = server.slow_reader();
  CHECK(server.all_closed());
  CHECK(server.server.counts().too_slow == 1);
}

TEST_CASE("where a file becomes shorter, its reader sees that something is missing", "[http][file]") {
  FileServer server;
  auto client = server.slow_reader();
  server.application.file->shorten(1000);
  client.receive_bytes(file_size);
  CHECK(client.is_cut_off());
  CHECK(server.all_closed());
}

TEST_CASE("a file on its way keeps no other connection waiting, and counts as no memory", "[http][file]") {
  FileServer server({.io_threads = 1, .max_unread = 64 * 1024});
  auto slow = server.slow_reader();
  auto fast = server.connect();
  for (int i = 0; i < 10; ++i) {
    auto large = server.connect();
    REQUIRE(large.send(get("/file")));
    REQUIRE(fast.send(get("/quick")));
    auto const received = fast.receive();
    REQUIRE(received);
    CHECK(received->body == "/quick");
    auto const file = large.receive();
    REQUIRE(file);
    CHECK((file->body == content()));
  }
  CHECK(slow.receive_bytes(file_size - 1000).size() == file_size - 1000);
  CHECK(server.server.counts().too_slow == 0);
}
