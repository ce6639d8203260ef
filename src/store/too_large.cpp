// SPDX-License-Identifier: MIT
#include "store/too_large.hpp"

#include <soci/error.h>

#include <string>

namespace restapi::store {
namespace {

struct TooLarge final : soci::soci_error {
  explicit TooLarge(std::size_t largest) : soci_error("more than " + std::to_string(largest) + " bytes of rows") {}
};

}  // namespace

void throw_too_large(std::size_t largest) { throw TooLarge(largest); }

bool is_too_large(soci::soci_error const& error) { return dynamic_cast<TooLarge const*>(&error) != nullptr; }

}  // namespace restapi::store
