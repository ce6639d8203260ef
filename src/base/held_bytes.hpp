// SPDX-License-Identifier: MIT
/// What things really take of memory: the allocator's own share and room that was made and is not used count, too.
#pragma once

#include <cstddef>
#include <string>

namespace restapi {

/// What an allocation of so many bytes takes: glibc's blocks have a header of 8 bytes, and sizes in steps of 16.
constexpr std::size_t allocated(std::size_t bytes) { return bytes == 0 ? 0 : ((bytes + 8 + 15) / 16) * 16; }

/// The two counters and the pointer that std::make_shared puts beside its object.
inline constexpr std::size_t control_block = 2 * sizeof(void*);

/// What a string takes besides itself: short ones stand within it.
inline std::size_t held_bytes(std::string const& text) {
  static std::size_t const within = std::string().capacity();
  return text.capacity() > within ? allocated(text.capacity() + 1) : 0;
}

}  // namespace restapi
