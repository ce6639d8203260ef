// SPDX-License-Identifier: MIT
/// What an operator and its value mean for a column, or for JSON: one row for each operator.
#pragma once

#include <string_view>

#include "base/json_value.hpp"
#include "base/result.hpp"
#include "query/builder/place.hpp"
#include "query/builder/plan.hpp"

namespace restapi::query::builder {

/// What is filtered, with what has been read of the query so far.
struct Filtered {
  Column const& column;
  std::string_view name;  ///< as written
  std::size_t& times;     ///< date-times in lists
};

struct OperatorRow {
  std::string_view word;
  Result<Filter> (*read)(std::string_view word, Filtered const& filtered, JsonValue const& value, Place const& place);
};

/// Of the type of the column, or of JSON.
std::span<OperatorRow const> column_operators();
std::span<OperatorRow const> document_operators();

/// The comparisons, as a row of either table says them.
enum class Comparison { equal, less, less_equal, greater, greater_equal };
Comparison comparison_of(std::string_view word);

/// Between what is before a value and what is behind it. `next`: the least value that is greater; nothing: there is
/// none, and as `at`, the value itself is beyond all of them.
InIntervals compared(Comparison comparison, std::optional<model::Value> at, std::optional<model::Value> next);

/// The same of texts, which compare with ASCII letters folded.
InIntervals compared(Comparison comparison, std::string_view text);

/// A pattern of SQL from a text.
Result<Pattern> read_pattern_value(JsonValue const& value, bool folds, Place const& place);

/// A list that is not empty, of one kind but for null.
Result<JsonValue::Kind> kind_of_list(JsonValue const& value, Place const& place);

}  // namespace restapi::query::builder
