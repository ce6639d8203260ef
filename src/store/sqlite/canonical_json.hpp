// SPDX-License-Identifier: MIT
/// Whole values of JSON compared as jsonb compares them.
#pragma once

#include <cstddef>
#include <functional>
#include <optional>
#include <string_view>
#include <utility>

#include "base/json_value.hpp"

namespace restapi::store {

/// Objects with their keys in order, numbers by their value (query/json_number.hpp). Nothing where it is no JSON, or
/// deeper than what a client may write: it is equal to nothing that is looked for, and contains none of it deeper.
std::optional<JsonValue> read_canonical_json(std::string_view json);

/// Bytes of the text of a value that is compared as a whole, as many as a query may have. As a value it takes up to
/// fifty times as much.
inline constexpr std::size_t largest_compared = std::size_t{1} << 20;

/// Of canonical values. `is_enough`, asked from time to time, stops it: elements of a stranger are compared with those
/// of another one, each with each. Then, and ever after, the answer is nothing.
class JsonComparison {
 public:
  explicit JsonComparison(std::function<bool()> is_enough = {}) : is_enough_(std::move(is_enough)) {}

  std::optional<bool> is_same(JsonValue const& value, JsonValue const& wanted);

  /// As `@>` of jsonb (PostgreSQL 15, 8.14.3): an array has an equal element for each scalar of the wanted one, and one
  /// that contains it for each of its arrays and objects; an object has its keys, with equal scalars, or values that
  /// contain its values. An array also contains a scalar that is one of its elements, where that is all there is.
  std::optional<bool> contains(JsonValue const& value, JsonValue const& wanted);

 private:
  bool same(JsonValue const& value, JsonValue const& wanted);
  bool has(JsonValue const& value, JsonValue const& wanted);
  bool goes_on();
  std::optional<bool> unless_stopped(bool result) const { return is_stopped_ ? std::nullopt : std::optional(result); }

  std::function<bool()> const is_enough_;
  unsigned steps_ = 0;
  bool is_stopped_ = false;
};

/// What is looked for, read once for all rows.
struct WantedJson {
  JsonValue value;
  static std::optional<WantedJson> read(std::string_view json);
};

}  // namespace restapi::store
