// SPDX-License-Identifier: MIT
#include "query/builder/operators.hpp"

#include <algorithm>
#include <string>
#include <utility>

#include "query/fold.hpp"

namespace restapi::query::builder {
namespace {

struct ComparisonRow {
  std::string_view word;
  Comparison comparison;
};
constexpr ComparisonRow rows[] = {
    {"==", Comparison::equal},         {"<", Comparison::less},    {"<=", Comparison::less_equal},
    {"=<", Comparison::less_equal},    {">", Comparison::greater}, {">=", Comparison::greater_equal},
    {"=>", Comparison::greater_equal},
};

}  // namespace

Comparison comparison_of(std::string_view word) {
  return std::ranges::find(rows, word, &ComparisonRow::word)->comparison;
}

InIntervals compared(Comparison comparison, std::optional<model::Value> at, std::optional<model::Value> next) {
  switch (comparison) {
    case Comparison::equal:
      break;  // a test of its own
    case Comparison::less:
      return {{Interval{{}, std::move(at)}}};
    case Comparison::less_equal:
      return {{Interval{{}, std::move(next)}}};
    case Comparison::greater:
      return next ? InIntervals{{Interval{std::move(next), {}}}} : InIntervals{};
    case Comparison::greater_equal:
      return at ? InIntervals{{Interval{std::move(at), {}}}} : InIntervals{};
  }
  return {};
}

// No text of a database has a smaller character than U+0001.
InIntervals compared(Comparison comparison, std::string_view text) {
  auto at = fold(text);
  auto next = at + '\1';
  return compared(comparison, model::Value(std::move(at)), model::Value(std::move(next)));
}

Result<Pattern> read_pattern_value(JsonValue const& value, bool folds, Place const& place) {
  if (!value.is(JsonValue::Kind::text))
    return wrong_kind(place, "a pattern", value, "a text in which % is any run of characters and _ any one");
  auto pattern = read_sql_pattern(value.text, folds);
  if (pattern) return pattern;
  return error_at(place, pattern.error().code, pattern.error().message, pattern.error().hint);
}

Result<JsonValue::Kind> kind_of_list(JsonValue const& value, Place const& place) {
  using JsonKind = JsonValue::Kind;
  if (!value.is(JsonKind::list)) return wrong_kind(place, "a list", value, "one value goes behind ==");
  if (value.items.empty()) return error_at(place, Code::out_of_range, "takes a list with at least one value");
  auto const first = std::ranges::find_if(value.items, [](auto const& item) { return !item.is(JsonKind::null); });
  if (first == value.items.end()) return JsonKind::null;
  for (std::size_t i = 0; i < value.items.size(); ++i) {
    auto const kind = value.items[i].kind;
    if (kind != JsonKind::null && kind != first->kind)
      return error_at(Place(place, i), Code::wrong_type,
                      "is " + std::string(spoken(kind)) + " in a list of which the first value is " +
                          std::string(spoken(first->kind)),
                      "the values of a list are of one type");
  }
  return first->kind;
}

}  // namespace restapi::query::builder
