// SPDX-License-Identifier: MIT
/// How much memory things really take, with the overhead of the allocator and capacity that is not used.
#pragma once

#include <cstddef>
#include <string>

namespace restapi {

/// What an allocation of so many bytes takes: glibc's blocks have a header of 8 bytes, and sizes in steps of 16.
constexpr std::size_t allocated(std::size_t bytes) { return bytes == 0 ? 0 : ((bytes + 8 + 15) / 16) * 16; }

/// The two counters and the pointer that std::make_shared puts beside its object.
inline constexpr std::size_t control_block = 2 * sizeof(void*);

/// What a string allocates: nothing if it is short, because short texts are stored in the object.
inline std::size_t held_bytes(std::string const& text) {
  static std::size_t const within = std::string().capacity();
  return text.capacity() > within ? allocated(text.capacity() + 1) : 0;
}

}  // namespace restapi
