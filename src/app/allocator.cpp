// SPDX-License-Identifier: MIT
#include "app/allocator.hpp"

#include <malloc.h>

#include <cstddef>

namespace restapi::app {

void set_up_allocator() {
  ::mallopt(M_MMAP_THRESHOLD, 1 << 20);
  ::mallopt(M_TRIM_THRESHOLD, 2 << 20);
}

void return_free_memory() {
  constexpr std::size_t much = std::size_t{64} << 20;
  if (::mallinfo2().fordblks > much) ::malloc_trim(0);
}

}  // namespace restapi::app
