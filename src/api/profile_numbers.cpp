// SPDX-License-Identifier: MIT
#include "api/profile_numbers.hpp"

#include <spdlog/spdlog.h>

#include <exception>
#include <utility>

namespace restapi::api {

std::vector<Numbers> ProfileNumbers::ask(std::vector<Ask> const& asks, std::chrono::milliseconds patience) {
  auto const until = std::chrono::steady_clock::now() + patience;
  for (std::size_t i = 0; i < asks.size(); ++i) {
    if (!asks[i]) continue;
    auto& profile = profiles_[i];
    std::lock_guard const lock(profile.mutex);
    if (profile.is_asked) continue;
    // The thread of the last time has nothing left to do.
    profile.thread = std::jthread([&profile, ask = asks[i]] {
      Numbers numbers;
      try {
        numbers = ask();
      } catch (std::exception const& failure) {
        spdlog::warn("a profile has no numbers for the start page: {}", failure.what());
      }
      {
        std::lock_guard const of_answer(profile.mutex);
        profile.last = std::move(numbers);
        profile.is_asked = false;
      }
      profile.answered.notify_all();
    });
    profile.is_asked = true;
  }
  std::vector<Numbers> all(asks.size());
  for (std::size_t i = 0; i < asks.size(); ++i) {
    if (!asks[i]) continue;
    auto& profile = profiles_[i];
    std::unique_lock lock(profile.mutex);
    if (profile.answered.wait_until(lock, until, [&] { return !profile.is_asked; })) all[i] = profile.last;
  }
  return all;
}

}  // namespace restapi::api
