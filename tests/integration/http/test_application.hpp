// SPDX-License-Identifier: MIT
/// An Application whose answers a test controls, and a server around it on a free port of the loopback.
#pragma once

#include <atomic>
#include <condition_variable>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <thread>

#include "http/range.hpp"
#include "http/server.hpp"
#include "support/socket_client.hpp"
#include "support/test_file.hpp"

namespace restapi::test {

inline constexpr std::size_t large_size = 4 * 1024 * 1024;

inline constexpr std::size_t largest_echo = 1024 * 1024;

/// "/echo": the body that is posted · "/file": `file`, or a part of it · "/large": 4 MB · "/shared": the same 4 MB for
/// all · "/wait…": answered once release() was called · everything else: the target.
class TestApplication final : public http::Application {
 public:
  http::Attempt attempt(http::Request const& request, http::Batch&, bool) override {
    if (request.target == "/shared") return shared_;
    if (request.target.rfind("/wait", 0) == 0) return std::make_unique<Answer>(*this, request);
    return answer(request);
  }

  std::size_t body_limit(http::Request const& head) const override {
    return head.method == "POST" && head.target == "/echo" ? largest_echo : 0;
  }

  http::Response answer(http::Request const& request) {
    ++answered;
    if (request.target == "/echo") return {200, {}, request.body};
    if (request.target == "/file") return part_of_file(request);
    if (request.target == "/large") return {200, {}, std::string(large_size, 'x')};
    if (request.target == "/peer") return {200, {}, request.peer_address};
    if (request.target.rfind("/wait", 0) == 0) {
      std::unique_lock lock(mutex_);
      ++waiting_;
      changed_.notify_all();
      changed_.wait_for(lock, std::chrono::seconds{20}, [this] { return released_; });
    }
    return {200, {{"X-Method", request.method}}, request.target};
  }

  http::Reply refuse(Error const& error) override {
    static std::map<Code, int> const statuses{{Code::malformed_request, 400}, {Code::target_too_long, 414},
                                              {Code::headers_too_large, 431}, {Code::body_too_large, 413},
                                              {Code::request_too_slow, 408},  {Code::overloaded, 503}};
    return http::Response{statuses.at(error.code), {}, error.message};
  }

  /// Waits until so many requests are being answered.
  bool wait_for_requests(int count) {
    std::unique_lock lock(mutex_);
    return changed_.wait_for(lock, std::chrono::seconds{20}, [&] { return waiting_ >= count; });
  }

  void release() {
    std::lock_guard const lock(mutex_);
    released_ = true;
    changed_.notify_all();
  }

  std::atomic<int> answered{0};
  std::optional<TestFile> file;  ///< to be set before it is asked for

 private:
  http::Response part_of_file(http::Request const& request) const {
    auto const size = file->size();
    auto const part = http::part_of(request, {"\"1\""}, size);
    http::Response response{part.status, {{"ETag", "\"1\""}}, net::FileRange{file->open(), part.offset, part.length}};
    if (part.status != 200) response.headers.add("Content-Range", http::content_range(part, size));
    return response;
  }

  struct Answer final : http::Work {
    Answer(TestApplication& owner, http::Request what) : application(owner), request(std::move(what)) {}
    http::Reply run() override { return application.answer(request); }
    TestApplication& application;
    http::Request request;
  };

  http::SharedResponse const shared_ = http::Response{200, {}, std::string(large_size, 'x')};
  std::mutex mutex_;
  std::condition_variable changed_;
  int waiting_ = 0;
  bool released_ = false;
};

struct TestServer {
  explicit TestServer(http::ServerOptions options = {}) : server(with_free_port(options), application) {
    port = server.start();
  }
  TestServer(http::ServerOptions options, net::ListeningSocket socket) : server(std::move(options), application) {
    port = server.start(std::move(socket));
  }
  ~TestServer() { application.release(); }

  static http::ServerOptions with_free_port(http::ServerOptions options) {
    options.port = 0;
    return options;
  }

  SocketClient connect() const { return SocketClient(port); }

  TestApplication application;
  http::HttpServer server;
  std::uint16_t port = 0;
};

/// Waits, with a limit that only a mistake reaches.
template <class Condition>
bool comes_true(Condition condition) {
  auto const end = std::chrono::steady_clock::now() + std::chrono::seconds{20};
  while (!condition()) {
    if (std::chrono::steady_clock::now() > end) return false;
    std::this_thread::sleep_for(std::chrono::milliseconds{1});
  }
  return true;
}

inline std::string get(std::string const& target) { return "GET " + target + " HTTP/1.1\r\nHost: h\r\n\r\n"; }

}  // namespace restapi::test
