// SPDX-License-Identifier: MIT
/// Whole values of JSON compared as jsonb compares them.
#pragma once

#include <optional>
#include <string_view>

#include "base/json_value.hpp"

namespace restapi::store {

/// Objects with their keys in order, numbers by their value (query/json_number.hpp). Nothing where it is no JSON, or
/// deeper than what a client may write: it is equal to nothing that is looked for, and contains none of it deeper.
std::optional<JsonValue> read_canonical_json(std::string_view json);

/// Of canonical values.
bool is_same_json(JsonValue const& value, JsonValue const& wanted);

/// As `@>` of jsonb (PostgreSQL 15, 8.14.3): an array has an equal element for each scalar of the wanted one, and one
/// that contains it for each of its arrays and objects; an object has its keys, with equal scalars, or values that
/// contain its values. An array also contains a scalar that is one of its elements, where that is all there is.
bool contains_json(JsonValue const& value, JsonValue const& wanted);

/// What is looked for, read once for all rows.
struct WantedJson {
  JsonValue value;
  static std::optional<WantedJson> read(std::string_view json);
};

}  // namespace restapi::store
