// SPDX-License-Identifier: MIT
/// Sanitizers make a program several times slower: random tests take fewer steps then.
#pragma once

namespace restapi::test {

#if defined(__SANITIZE_THREAD__) || defined(__SANITIZE_ADDRESS__)
inline constexpr bool is_sanitized = true;
#else
inline constexpr bool is_sanitized = false;
#endif

}  // namespace restapi::test
