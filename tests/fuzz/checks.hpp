// SPDX-License-Identifier: MIT
/// What must hold of every statement, whatever was asked.
#pragma once

#include <cstdlib>
#include <string>

#include "sql/statement.hpp"

namespace restapi::fuzz {

/// Not assert: this must hold in every build.
inline void require(bool holds) {
  if (!holds) std::abort();
}

/// As wide as it says, with as many values as its text names.
inline void check(sql::Statement const& statement) {
  auto const& text = statement.text();
  auto const number = statement.values().size();
  require(statement.width() > 0);
  require(number == 0 || text.find(":p" + std::to_string(number)) != std::string::npos);
  require(text.find(":p" + std::to_string(number + 1)) == std::string::npos);
}

}  // namespace restapi::fuzz
