// SPDX-License-Identifier: MIT
/// The floor of the network: the HTTP server of restapi before an application that does nothing but hand out one
/// constant body, with the headers of a list. What tools/bench measures the cached answers against.
///
///     restapi_floor PORT BYTES      port 0: any free one; prints its base URL, stops on SIGINT or SIGTERM
#include <fmt/format.h>
#include <pthread.h>

#include <algorithm>
#include <charconv>
#include <csignal>
#include <cstdio>
#include <optional>
#include <stdexcept>
#include <string_view>
#include <thread>

#include "http/server.hpp"

namespace {

using namespace restapi;

class Constant final : public http::Application {
 public:
  explicit Constant(std::size_t bytes)
      : response_(http::Response{
            200,
            {{"Content-Type", "application/json"},
             {"X-Total-Count", "500000"},
             {"X-Total-Counts", "500000"},
             {"ETag", "\"0123456789abcdef\""},
             {"X-Content-Type-Options", "nosniff"},
             {"Referrer-Policy", "no-referrer"},
             {"Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'"},
             {"Access-Control-Expose-Headers",
              "ETag, Link, Preference-Applied, Server-Timing, X-Request-Id, X-Total-Count, X-Total-Counts"},
             {"Cache-Control", "no-cache"},
             {"Cross-Origin-Resource-Policy", "cross-origin"},
             {"Vary", "Accept, Accept-Encoding"},
             {"Access-Control-Allow-Origin", "*"}},
            std::string(bytes, ' ')}) {}

  http::Attempt attempt(http::Request const&, http::Batch&, bool) override { return response_; }
  http::Reply refuse(Error const&) override { return http::Response{400, {}, {}}; }

 private:
  http::SharedResponse const response_;
};

template <class Number>
std::optional<Number> read_number(std::string_view text) {
  Number number{};
  auto const [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  return error == std::errc() && end == text.data() + text.size() ? std::optional(number) : std::nullopt;
}

int serve(std::uint16_t port, std::size_t bytes) {
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGINT);
  sigaddset(&signals, SIGTERM);
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);  // before any thread starts: for sigwait() alone

  Constant constant(bytes);
  // As many workers as restapi has unless told otherwise.
  http::HttpServer server({.port = port, .workers = std::max(4U, 2 * std::thread::hardware_concurrency())}, constant);
  fmt::print("http://localhost:{}/\n", server.start());
  std::fflush(stdout);
  int signal = 0;
  sigwait(&signals, &signal);
  server.stop();
  return 0;
}

}  // namespace

int main(int count, char** arguments) try {
  auto const port = count == 3 ? read_number<std::uint16_t>(arguments[1]) : std::nullopt;
  auto const bytes = count == 3 ? read_number<std::uint32_t>(arguments[2]) : std::nullopt;
  if (!port || !bytes) {
    fmt::print(stderr, "usage: restapi_floor PORT BYTES\n");
    return 2;
  }
  return serve(*port, *bytes);
} catch (std::runtime_error const& error) {
  fmt::print(stderr, "restapi_floor: {}\n", error.what());
  return 2;
}
