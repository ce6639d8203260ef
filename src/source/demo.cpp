// SPDX-License-Identifier: MIT
#include "source/demo.hpp"

// Placed by restapi_embed() in cmake/embed.cmake. Declared as arrays because only their addresses mean anything.
extern "C" {
extern std::byte const restapi_demo_archive_begin[];
extern std::byte const restapi_demo_archive_end[];
}

namespace restapi::source {

std::span<std::byte const> demo_archive() { return {restapi_demo_archive_begin, restapi_demo_archive_end}; }

}  // namespace restapi::source
