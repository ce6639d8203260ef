// SPDX-License-Identifier: MIT
/// What the casts of a query make of a value of JSON. Where a database orders by it or looks for the greatest one, its
/// own expression says the same (sql/document_casts_postgresql.cpp).
#pragma once

#include <algorithm>
#include <cstdint>
#include <optional>
#include <string_view>

#include "base/json_value.hpp"
#include "model/value.hpp"

namespace restapi::query::builder {

enum class Cast { real, integer, boolean, text, json, datetime };

struct CastRow {
  char letter;  ///< what a client writes
  Cast cast;
  std::string_view help;
};

inline constexpr CastRow casts[] = {
    {'f', Cast::real, "float"}, {'i', Cast::integer, "integer"}, {'b', Cast::boolean, "boolean"},
    {'t', Cast::text, "text"},  {'j', Cast::json, "JSON"},       {'d', Cast::datetime, "date"},
};

/// Every cast has a row.
constexpr CastRow const& row_of(Cast cast) { return *std::ranges::find(casts, cast, &CastRow::cast); }

// Of a scalar: of a number its text is as it was written, of a text what it says, of a boolean `true` or `false`.
// Nothing: it cannot be read so.

/// A number, or a text that is one: " 12 ". Neither infinite nor NaN.
std::optional<double> as_real(JsonValue::Kind kind, std::string_view text);

/// A whole number of 64 bits, 5.0 as well, or a text of digits.
std::optional<std::int64_t> as_integer(JsonValue::Kind kind, std::string_view text);

/// true, false, 0, 1, or a text that PostgreSQL takes for one of them: "yes", "OFF".
std::optional<bool> as_boolean(JsonValue::Kind kind, std::string_view text);

/// A text that read_instant() takes.
std::optional<model::DateTime> as_instant(JsonValue::Kind kind, std::string_view text);

/// "2024-01-01", "2024-01-01T10:00", "2024-01-01 10:00:00.25+02:00": a date alone is its midnight, a time without a
/// shift is UTC. Nothing: it is no ISO 8601, there is no such day or time, or not in the years 1 to 9999.
std::optional<model::DateTime> read_instant(std::string_view text);

}  // namespace restapi::query::builder
