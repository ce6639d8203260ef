// SPDX-License-Identifier: MIT
/// glibc's allocator (mallopt(3)), told that large answers come and go.
#pragma once

#include <chrono>

namespace restapi::app {

/// Large blocks go back to the system one by one, as soon as they are freed: in the heaps, a gigabyte would stay after
/// a thousand answers of 4 MB that nobody has read. Called once, before there are threads.
void set_up_allocator();

/// How often return_free_memory() is worth a look.
inline constexpr std::chrono::seconds between_returns{10};

/// What is free in the heaps goes back to the system, if it is much. Thousands of answers of medium size that nobody
/// has read leave holes between blocks that are in use; glibc by itself gives back only what is at a heap's end.
/// Any thread; while it looks, other threads may wait for memory.
void return_free_memory();

}  // namespace restapi::app
