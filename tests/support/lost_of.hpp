// SPDX-License-Identifier: MIT
/// What a source of changes says that it cannot tell.
#pragma once

#include <catch2/catch.hpp>
#include <variant>

#include "store/changes/change_source.hpp"

namespace restapi::test {

/// Requires that something is lost.
inline store::Lost lost_of(Result<std::variant<store::Batch, store::Lost>> const& read) {
  REQUIRE(read);
  REQUIRE(std::holds_alternative<store::Lost>(*read));
  return std::get<store::Lost>(*read);
}

}  // namespace restapi::test
