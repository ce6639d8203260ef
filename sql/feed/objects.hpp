// SPDX-License-Identifier: MIT
/// Links, memberships, comments and logs, which the live feed tells and no list of the API has: what is said of each.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "model/entity.hpp"
#include "sql/dialect.hpp"
#include "sql/statement.hpp"

namespace restapi::sql::feed {

struct ObjectField {
  enum class Kind { number, text, time };
  std::string_view name;
  Kind kind;
};

struct ObjectShape {
  char letter;       ///< of the entity
  Fragment columns;  ///< id, first and second end (or NULL), and then what `fields` says
  Fragment tables;
  Fragment id;
  std::span<ObjectField const> fields;
};

/// Null for what has an endpoint of its own.
ObjectShape const* find_object_shape(char letter);

/// Those of the ids that there are: 3 columns and the fields.
Statement objects(ObjectShape const& shape, std::span<std::int64_t const> ids, Dialect const& dialect);

}  // namespace restapi::sql::feed
