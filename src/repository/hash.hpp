// SPDX-License-Identifier: MIT
/// The hashes that objects are found by. They come from a database, so they may be any text, and become names of files.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace restapi::repository {

inline constexpr std::size_t sha256_digits = 64;
inline constexpr std::size_t sha1_digits = 40;

/// Whether it is so many lower-case hex digits: how AiiDA writes them.
bool is_hash(std::string_view text, std::size_t digits);

/// As AiiDA writes it.
std::string hex(unsigned char const* bytes, std::size_t size);

/// SHA-256, so the hash under which AiiDA would keep the content. Empty: there was no memory for it.
std::string hash_of(std::string_view content);

}  // namespace restapi::repository
