// SPDX-License-Identifier: MIT
/// What the statements of the live feed have in common: they read objects by their ids.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "sql/dialect.hpp"
#include "sql/statement.hpp"

namespace restapi::sql::feed {

inline void add_among(Statement& statement, Fragment id, std::span<std::int64_t const> ids, Dialect const& dialect) {
  statement.add(" WHERE ");
  dialect.is_among(statement, {id, model::Type::integer}, std::vector<model::Value>(ids.begin(), ids.end()));
}

}  // namespace restapi::sql::feed
