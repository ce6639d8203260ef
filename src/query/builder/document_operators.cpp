// SPDX-License-Identifier: MIT
#include <algorithm>
#include <array>
#include <cstdint>
#include <limits>
#include <string>
#include <utility>

#include "query/builder/operators.hpp"
#include "query/json_number.hpp"

namespace restapi::query::builder {
namespace {

using JsonKind = JsonValue::Kind;

/// What a database keeps as a number has no more.
constexpr std::size_t most_digits = 400;
constexpr std::int64_t most_exponent = 400;

Result<JsonNumber> number_of(JsonValue const& value, Place const& place) {
  auto number = read_json_number(value.text);
  if (!number || number->digits.size() > most_digits || number->exponent > most_exponent + 1 ||
      number->exponent < -most_exponent)
    return error_at(place, Code::out_of_range, "the number is out of range",
                    "at most " + std::to_string(most_digits) + " digits, and exponents from -400 to 400");
  return *std::move(number);
}

/// Numbers inside of the value as well.
Result<Done> check_numbers(JsonValue const& value, Place const& place) {
  if (value.is(JsonKind::number)) {
    auto const number = number_of(value, place);
    if (!number) return number.error();
  }
  for (std::size_t i = 0; i < value.items.size(); ++i) {
    auto const at = value.is(JsonKind::object) ? Place(place, value.keys[i]) : Place(place, i);
    if (auto done = check_numbers(value.items[i], at); !done) return done.error();
  }
  return Done{};
}

Filter fulfils(Filtered const& filtered, DocumentTest test) {
  return {DocumentFilter{filtered.column, std::move(test)}};
}

/// Unknown where nothing is there.
Filter is_there_and(Filtered const& filtered, DocumentTest test) {
  return {DocumentFilter{filtered.column, std::move(test), true}};
}

NumberTest::Kind number_kind(Comparison comparison) {
  switch (comparison) {
    case Comparison::equal:
      break;
    case Comparison::less:
      return NumberTest::Kind::less;
    case Comparison::less_equal:
      return NumberTest::Kind::less_equal;
    case Comparison::greater:
      return NumberTest::Kind::greater;
    case Comparison::greater_equal:
      return NumberTest::Kind::greater_equal;
  }
  return NumberTest::Kind::among;
}

/// false comes before true.
bool holds(bool value, Comparison comparison, bool than) {
  switch (comparison) {
    case Comparison::equal:
      return value == than;
    case Comparison::less:
      return value < than;
    case Comparison::less_equal:
      return value <= than;
    case Comparison::greater:
      return value > than;
    case Comparison::greater_equal:
      return value >= than;
  }
  return false;
}

Filter booleans(Filtered const& filtered, auto const& is_wanted) {
  Junction any{true, {}};
  for (bool const value : {false, true})
    if (is_wanted(value)) any.parts.push_back(fulfils(filtered, BooleanTest{value}));
  return {std::move(any)};
}

Result<Filter> compare(std::string_view word, Filtered const& filtered, JsonValue const& value, Place const& place) {
  auto const comparison = comparison_of(word);
  bool const is_equality = comparison == Comparison::equal;
  switch (value.kind) {
    case JsonKind::null:
      if (is_equality) return fulfils(filtered, Presence{false});
      break;
    case JsonKind::boolean:
      return booleans(filtered, [&](bool own) { return holds(own, comparison, value.boolean); });
    case JsonKind::number: {
      auto number = number_of(value, place);
      if (!number) return std::move(number).error();
      return fulfils(filtered, NumberTest{number_kind(comparison), {*std::move(number)}});
    }
    case JsonKind::text:
      if (is_equality) return fulfils(filtered, TextTest{Membership{{value.text}}});
      return fulfils(filtered, TextTest{compared(comparison, value.text)});
    case JsonKind::list:
    case JsonKind::object:
      if (!is_equality) break;
      if (auto done = check_numbers(value, place); !done) return done.error();
      SameJson test;
      append_json(test.json, value);
      return fulfils(filtered, std::move(test));
  }
  return wrong_kind(place, "a number, a text, true or false", value, "null, lists and objects go behind == and !==");
}

/// The same JSON as one of these lists or objects.
Result<Filter> among_documents(Filtered const& filtered, JsonValue const& value, Place const& place) {
  if (value.items.size() > max_documents)
    return error_at(place, Code::out_of_range, "has too many lists or objects",
                    "at most " + std::to_string(max_documents));
  Junction any{true, {}};
  for (std::size_t i = 0; i < value.items.size(); ++i) {
    if (value.items[i].is(JsonKind::null)) continue;
    if (auto done = check_numbers(value.items[i], Place(place, i)); !done) return done.error();
    SameJson test;
    append_json(test.json, value.items[i]);
    any.parts.push_back(fulfils(filtered, std::move(test)));
  }
  return Filter{std::move(any)};
}

Result<Filter> in(std::string_view, Filtered const& filtered, JsonValue const& value, Place const& place) {
  auto const kind = kind_of_list(value, place);
  if (!kind) return kind.error();
  auto const has = [&](bool wanted) {
    return std::ranges::any_of(value.items,
                               [&](auto const& item) { return item.is(JsonKind::boolean) && item.boolean == wanted; });
  };
  switch (*kind) {
    case JsonKind::null:
      return Filter{Junction{true, {}}};
    case JsonKind::boolean:
      return booleans(filtered, has);
    case JsonKind::number: {
      NumberTest test;
      for (std::size_t i = 0; i < value.items.size(); ++i) {
        if (value.items[i].is(JsonKind::null)) continue;
        auto number = number_of(value.items[i], Place(place, i));
        if (!number) return std::move(number).error();
        test.numbers.push_back(*std::move(number));
      }
      return fulfils(filtered, std::move(test));
    }
    case JsonKind::text: {
      Membership test;
      for (auto const& item : value.items)
        if (item.is(JsonKind::text)) test.values.emplace_back(item.text);
      std::ranges::sort(test.values);
      test.values.erase(std::unique(test.values.begin(), test.values.end()), test.values.end());
      return fulfils(filtered, TextTest{std::move(test)});
    }
    case JsonKind::list:
    case JsonKind::object:
      break;
  }
  return among_documents(filtered, value, place);
}

Result<Filter> like(std::string_view word, Filtered const& filtered, JsonValue const& value, Place const& place) {
  auto pattern = read_pattern_value(value, word == "ilike", place);
  if (!pattern) return std::move(pattern).error();
  return fulfils(filtered, TextTest{Match{*std::move(pattern)}});
}

Result<Filter> contains(std::string_view, Filtered const& filtered, JsonValue const& value, Place const& place) {
  if (auto done = check_numbers(value, place); !done) return done.error();
  bool const is_scalar = !value.is(JsonKind::list) && !value.is(JsonKind::object);
  ContainsJson test;
  if (is_scalar) test.json += '[';
  append_json(test.json, value);
  if (is_scalar) test.json += ']';
  return is_there_and(filtered, std::move(test));
}

Result<Filter> has_key(std::string_view, Filtered const& filtered, JsonValue const& value, Place const& place) {
  if (!value.is(JsonKind::text)) return wrong_kind(place, "a text", value, "the key of an object");
  return is_there_and(filtered, HasKey{value.text});
}

Result<Filter> length(std::string_view word, Filtered const& filtered, JsonValue const& value, Place const& place) {
  auto const size = value.is(JsonKind::number) ? as_integer(JsonKind::number, value.text) : std::nullopt;
  if (!size) return wrong_kind(place, "an integer", value, "the number of elements of a list");
  // No list is longer, nor is any shorter than none.
  auto const length = std::clamp<std::int64_t>(*size, -1, std::numeric_limits<std::int32_t>::max());
  if (word == "of_length") return fulfils(filtered, HasLength{length, length});
  if (word == "shorter") return fulfils(filtered, HasLength{0, length - 1});
  return fulfils(filtered, HasLength{length + 1});
}

Result<Filter> of_type(std::string_view, Filtered const& filtered, JsonValue const& value, Place const& place) {
  static constexpr std::array<std::string_view, 6> types{"object", "array", "string", "number", "boolean", "null"};
  if (!value.is(JsonKind::text)) return wrong_kind(place, "a text", value, known_names("", "types of JSON", types));
  if (std::ranges::find(types, value.text) == types.end())
    return error_at(place, Code::wrong_type, "JSON has no type " + quoted(value.text),
                    known_names(value.text, "types of JSON", types));
  if (value.text == "null") return fulfils(filtered, Presence{false});
  return is_there_and(filtered, OfType{value.text});
}

constexpr std::array rows{
    OperatorRow{"==", compare},        OperatorRow{">", compare},
    OperatorRow{"<", compare},         OperatorRow{">=", compare},
    OperatorRow{"=>", compare},        OperatorRow{"<=", compare},
    OperatorRow{"=<", compare},        OperatorRow{"in", in},
    OperatorRow{"like", like},         OperatorRow{"ilike", like},
    OperatorRow{"contains", contains}, OperatorRow{"has_key", has_key},
    OperatorRow{"of_length", length},  OperatorRow{"longer", length},
    OperatorRow{"shorter", length},    OperatorRow{"of_type", of_type},
};

}  // namespace

std::span<OperatorRow const> document_operators() { return rows; }

}  // namespace restapi::query::builder
