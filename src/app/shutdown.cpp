// SPDX-License-Identifier: MIT
#include "app/shutdown.hpp"

#include <spdlog/spdlog.h>
#include <unistd.h>
#ifdef __SANITIZE_ADDRESS__
#include <sanitizer/lsan_interface.h>
#endif

#include <future>
#include <system_error>

#include "app/allocator.hpp"

namespace restapi::app {
namespace {

/// Beyond the time for what is in flight: closing, and statements that end when their client has gone.
constexpr std::chrono::milliseconds last_moment{500};

}  // namespace

void leave(int exit_code) {
#ifdef __SANITIZE_ADDRESS__
  __lsan_do_leak_check();  // as exit() would
#endif
  ::_exit(exit_code);
}

void wait_for_end(Signals const& signals, Observation& watching) {
  for (;;) {
    auto const wish = signals.take_within(between_returns);
    if (!wish)
      return_free_memory();
    else if (*wish == Signals::Wish::reopen_logs)
      watching.reopen();
    else
      return;
  }
}

void stop(http::HttpServer& server, StoreOpener& opener, Observation& watching, Signals const& signals,
          std::chrono::seconds limit) {
  constexpr std::chrono::milliseconds glance{20};
  using Clock = std::chrono::steady_clock;
  spdlog::info("stopping");
  auto end = Clock::now() + limit + last_moment;
  std::future<void> stopped;
  try {
    stopped = std::async(std::launch::async, [&] { server.stop(limit); });
  } catch (std::system_error const&) {  // no thread for it: nothing can hurry it
    return server.stop(limit);
  }
  bool hurries = false;
  while (stopped.wait_for(glance) != std::future_status::ready) {
    if (auto const signal = signals.take_within({}); signal == Signals::Wish::end && !hurries) {
      hurries = true;
      end = Clock::now() + last_moment;
      server.hurry();
    }
    if (Clock::now() >= end - last_moment) opener.stop();
    if (Clock::now() < end) continue;
    spdlog::warn("stopped in the middle of a statement");
    watching.flush();
    spdlog::default_logger()->flush();
    leave(0);
  }
}

}  // namespace restapi::app
