// SPDX-License-Identifier: MIT
/// Waits for what another thread does.
#pragma once

#include <chrono>
#include <thread>

namespace restapi::test {

/// Whether the condition becomes true; it has a minute, and is asked again and again.
template <class Condition>
bool eventually(Condition condition) {
  auto const until = std::chrono::steady_clock::now() + std::chrono::minutes(1);
  for (;;) {
    if (condition()) return true;
    if (std::chrono::steady_clock::now() >= until) return false;
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
}

}  // namespace restapi::test
