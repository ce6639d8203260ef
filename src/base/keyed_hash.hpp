// SPDX-License-Identifier: MIT
/// Hashes for text that clients choose. Without the key nobody can construct texts that collide, so an attacker cannot
/// make hash tables slow. The key is random, and another one in each process.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace restapi {

/// SipHash-2-4: 64 bits, for tables.
std::size_t keyed_hash(std::string_view text);

/// BLAKE2b with a key, 128 bits as 32 hexadecimal digits: nobody can find two texts with the same digest.
std::string keyed_digest(std::string_view text);

/// For std::unordered_map and its relatives; looks texts up without a copy.
struct KeyedHash {
  using is_transparent = void;
  std::size_t operator()(std::string_view text) const { return keyed_hash(text); }
};

}  // namespace restapi
