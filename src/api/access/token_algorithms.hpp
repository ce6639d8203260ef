// SPDX-License-Identifier: MIT
/// The signatures of tokens that are accepted (RFC 7518), and the keys that are good enough for them.
#pragma once

#include <cstddef>
#include <string_view>

namespace restapi::api {

/// One for each kind of key (kty), so that nobody can have a key used for another algorithm.
struct TokenAlgorithm {
  std::string_view kind;
  std::string_view name;
};
inline constexpr TokenAlgorithm token_algorithms[] = {{"oct", "HS256"}, {"RSA", "RS256"}, {"EC", "ES256"}};

inline constexpr std::size_t least_octets = 32;           ///< §3.2
inline constexpr std::size_t most_octets = 1024;          ///< what libjose can work with
inline constexpr int least_rsa_bits = 2048;               ///< §3.3
inline constexpr std::string_view es256_curve = "P-256";  ///< §3.4

}  // namespace restapi::api
