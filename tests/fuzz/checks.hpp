// SPDX-License-Identifier: MIT
/// What must hold of every statement, whatever was asked.
#pragma once

#include <string>

#include "fuzz/require.hpp"
#include "sql/statement.hpp"

namespace restapi::fuzz {

/// As wide as it says, with as many values as its text names.
inline void check(sql::Statement const& statement) {
  auto const& text = statement.text();
  auto const number = statement.values().size();
  require(statement.width() > 0);
  require(number == 0 || text.find(":p" + std::to_string(number)) != std::string::npos);
  require(text.find(":p" + std::to_string(number + 1)) == std::string::npos);
}

}  // namespace restapi::fuzz
