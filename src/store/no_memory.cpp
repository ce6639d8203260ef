// SPDX-License-Identifier: MIT
#include "store/no_memory.hpp"

#include <soci/error.h>

namespace restapi::store {
namespace {

struct NoMemory final : soci::soci_error {
  NoMemory() : soci_error("no memory left for rows: other answers have it") {}
};

}  // namespace

void throw_no_memory() { throw NoMemory(); }

bool is_no_memory(soci::soci_error const& error) { return dynamic_cast<NoMemory const*>(&error) != nullptr; }

}  // namespace restapi::store
