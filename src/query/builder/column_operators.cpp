// SPDX-License-Identifier: MIT
#include <algorithm>
#include <array>
#include <chrono>
#include <cstdint>
#include <limits>
#include <string>
#include <utility>

#include "query/builder/operators.hpp"
#include "query/json_number.hpp"
#include "query/object_id.hpp"

namespace restapi::query::builder {
namespace {

using JsonKind = JsonValue::Kind;
using model::Type;

constexpr auto least = std::numeric_limits<std::int64_t>::min(), most = std::numeric_limits<std::int64_t>::max();

/// Where a value stands among those of a column: `at` it, or between two, then at the next one.
struct Standing {
  std::optional<model::Value> at, next;  ///< nothing: beyond all of them
  bool is_there = true;                  ///< the value itself is one of them
};

/// 63.5 stands before 64.
Standing standing_of(JsonNumber const& number) {
  constexpr std::int64_t digits_of_most = 19;
  auto const size = static_cast<std::int64_t>(number.digits.size());
  if (size == 0) return {std::int64_t{0}, std::int64_t{1}};
  Standing beyond = number.is_negative ? Standing{least, least, false} : Standing{{}, {}, false};
  if (number.exponent > digits_of_most) return beyond;
  auto const behind_point = number.exponent < size;
  std::string whole = number.exponent > 0 ? number.digits.substr(0, static_cast<std::size_t>(number.exponent)) : "0";
  if (!behind_point) whole.append(static_cast<std::size_t>(number.exponent - size), '0');
  std::int64_t value = 0;
  for (char const digit : whole) {
    auto const d = digit - '0';
    if (value > (most - d) / 10) return beyond;
    value = value * 10 + d;
  }
  if (number.is_negative) value = -value;
  if (!behind_point) return {value, value == most ? std::nullopt : std::optional<model::Value>(value + 1)};
  // Towards zero it has been cut: of a negative number that is the next one already.
  if (number.is_negative) return {value, value, false};
  if (value == most) return beyond;
  return {value + 1, value + 1, false};
}

Error wrong_value(Filtered const& filtered, JsonValue const& value, Place const& place) {
  switch (*filtered.column.type) {
    case Type::integer:
      return wrong_kind(place, "an integer", value, "for example 45, or null behind == and !==");
    case Type::datetime:
      return error_at(
          place, Code::wrong_type,
          "takes a date-time, not " + (value.is(JsonKind::text) ? quoted(value.text) : std::string(spoken(value.kind))),
          "ISO 8601, for example \"2024-03-01T05:45:00+01:00\"; a date alone is its midnight in UTC");
    case Type::text:
    case Type::uuid:
    case Type::boolean:
      break;
  }
  return wrong_kind(place, "a text", value, "or null behind == and !==");
}

Result<Standing> standing(Filtered const& filtered, JsonValue const& value, Place const& place) {
  auto const wrong = [&] { return wrong_value(filtered, value, place); };
  switch (*filtered.column.type) {
    case Type::integer: {
      if (value.is(JsonKind::text)) {
        auto const whole = as_integer(JsonKind::text, value.text);
        if (!whole) return error_at(place, Code::wrong_type, "takes an integer, not " + quoted(value.text));
        return standing_of(*read_json_number(std::to_string(*whole)));
      }
      auto const number = value.is(JsonKind::number) ? read_json_number(value.text) : std::nullopt;
      if (!number) return wrong();
      return standing_of(*number);
    }
    case Type::datetime: {
      auto const time = value.is(JsonKind::text) ? read_instant(value.text) : std::nullopt;
      if (!time) return wrong();
      return Standing{*time, *time + std::chrono::microseconds{1}};
    }
    case Type::uuid: {
      if (!value.is(JsonKind::text)) return wrong();
      auto text = uuid_notation(value.text).value_or(value.text);
      return Standing{std::move(text), {}};
    }
    case Type::text:
    case Type::boolean:  // no query reads such a column
      break;
  }
  if (!value.is(JsonKind::text)) return wrong();
  return Standing{value.text, {}};
}

bool is_text(Column const& column) { return column.type == Type::text || column.type == Type::uuid; }

/// One of these, or none at all.
Test among(Column const& column, std::vector<Standing> all) {
  std::erase_if(all, [](auto const& one) { return !one.is_there; });
  std::ranges::sort(all, {}, &Standing::at);
  if (column.type == Type::datetime) {
    InIntervals test;
    for (auto& one : all) {
      auto& intervals = test.intervals;
      if (intervals.empty() || *intervals.back().to < *one.at)
        intervals.push_back({std::move(one.at), std::move(one.next)});
      else
        intervals.back().to = std::move(one.next);
    }
    return test;
  }
  Membership test;
  for (auto& one : all)
    if (test.values.empty() || test.values.back() != *one.at) test.values.push_back(*std::move(one.at));
  if (test.values.empty()) return InIntervals{};
  return test;
}

Result<Filter> compare(std::string_view word, Filtered const& filtered, JsonValue const& value, Place const& place) {
  auto const comparison = comparison_of(word);
  if (value.is(JsonKind::null)) {
    if (comparison == Comparison::equal) return Filter{ColumnFilter{filtered.column, Presence{false}}};
    return wrong_value(filtered, value, place);
  }
  auto found = standing(filtered, value, place);
  if (!found) return std::move(found).error();
  if (comparison == Comparison::equal)
    return Filter{ColumnFilter{filtered.column, among(filtered.column, {*std::move(found)})}};
  if (is_text(filtered.column))
    return Filter{ColumnFilter{filtered.column, compared(comparison, std::get<std::string>(*found->at))}};
  return Filter{ColumnFilter{filtered.column, compared(comparison, std::move(found->at), std::move(found->next))}};
}

Result<Filter> in(std::string_view, Filtered const& filtered, JsonValue const& value, Place const& place) {
  auto const kind = kind_of_list(value, place);
  if (!kind) return kind.error();
  std::vector<Standing> all;
  for (std::size_t i = 0; i < value.items.size(); ++i) {
    if (value.items[i].is(JsonKind::null)) continue;
    auto one = standing(filtered, value.items[i], Place(place, i));
    if (!one) return std::move(one).error();
    all.push_back(*std::move(one));
  }
  if (filtered.column.type == Type::datetime && (filtered.times += all.size()) > max_times)
    return error_at(place, Code::out_of_range, "has too many date-times",
                    "at most " + std::to_string(max_times) + " in all lists of a query");
  return Filter{ColumnFilter{filtered.column, among(filtered.column, std::move(all))}};
}

Result<Filter> like(std::string_view word, Filtered const& filtered, JsonValue const& value, Place const& place) {
  auto const type = filtered.column.type;
  bool const folds = word == "ilike" && type == Type::text;
  auto pattern = read_pattern_value(value, folds, place);
  if (!pattern) return std::move(pattern).error();
  return Filter{ColumnFilter{filtered.column, Match{*std::move(pattern)}, !is_text(filtered.column)}};
}

constexpr std::array rows{
    OperatorRow{"==", compare}, OperatorRow{">", compare}, OperatorRow{"<", compare}, OperatorRow{">=", compare},
    OperatorRow{"<=", compare}, OperatorRow{"in", in},     OperatorRow{"like", like}, OperatorRow{"ilike", like},
};

}  // namespace

std::span<OperatorRow const> column_operators() { return rows; }

}  // namespace restapi::query::builder
