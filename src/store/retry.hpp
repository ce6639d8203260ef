// SPDX-License-Identifier: MIT
/// How often a statement is tried, and with which pauses.
#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <optional>
#include <thread>

namespace restapi::store {

/// Before each try. What a VACUUM has removed comes to a standby as several records, and each of them may interrupt the
/// statement that was begun after the one before; a server that dies may be met twice with connections that looked
/// sound.
inline constexpr std::array<std::chrono::milliseconds, 5> pauses_between_tries{
    {{}, {}, std::chrono::milliseconds{10}, std::chrono::milliseconds{50}, std::chrono::milliseconds{250}}};

/// Calls until there is a result, with the number of earlier tries; at least twice, and then not beyond `until`.
/// Returns nothing when all tries are used up.
template <class Try>
auto retry(std::chrono::steady_clock::time_point until, Try try_once) -> decltype(try_once(std::size_t{})) {
  for (std::size_t earlier = 0; earlier < pauses_between_tries.size(); ++earlier) {
    if (earlier > 1 && std::chrono::steady_clock::now() > until) break;
    std::this_thread::sleep_for(pauses_between_tries[earlier]);
    if (auto result = try_once(earlier)) return result;
  }
  return std::nullopt;
}

}  // namespace restapi::store
