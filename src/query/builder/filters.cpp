// SPDX-License-Identifier: MIT
#include "query/builder/filters.hpp"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "query/builder/operators.hpp"

namespace restapi::query::builder {
namespace {

using JsonKind = JsonValue::Kind;

struct JunctionRow {
  std::string_view word;
  bool is_any;
};
constexpr JunctionRow junctions[] = {{"and", false}, {"or", true}};

constexpr std::string_view negations = "!~";

/// Takes ! or ~ off.
bool take_negation(std::string_view& word) {
  if (word.empty() || negations.find(word.front()) == negations.npos) return false;
  word.remove_prefix(1);
  return true;
}

/// Of "and", "!or", "~and"; nullptr: it is none.
JunctionRow const* find_junction(std::string_view word) {
  take_negation(word);
  auto const* const found = std::ranges::find(junctions, word, &JunctionRow::word);
  return found == std::end(junctions) ? nullptr : found;
}

Error unknown_operator(std::string_view word, std::string_view name, std::span<OperatorRow const> rows,
                       std::string_view of, Place const& place) {
  std::vector<std::string_view> known;
  for (auto const& row : rows) known.push_back(row.word);
  for (auto const& row : junctions) known.push_back(row.word);
  return error_at(place, Code::operator_not_accepted,
                  std::string(name.substr(0, 64)) + " does not take the operator " + quoted(word),
                  known_names(word, "operators of " + std::string(of) + ", each also with ! or ~ in front", known));
}

}  // namespace

Result<Done> check_filter_object(JsonValue const& value, Place const& place) {
  bool const is_empty_list = value.is(JsonKind::list) && value.items.empty();
  if (!value.is(JsonKind::object) && !is_empty_list) return wrong_kind(place, "an object of filters", value);
  return Done{};
}

Result<Done> FilterReader::count(Place const& place) {
  if (++budget_.filters <= max_filters) return Done{};
  return error_at(place, Code::out_of_range, "is one filter too many",
                  "a query has at most " + std::to_string(max_filters));
}

Result<Filters> FilterReader::read_object(JsonValue const& value, Place const& place) {
  if (auto done = check_filter_object(value, place); !done) return done.error();
  Filters filters;
  for (std::size_t i = 0; i < value.keys.size(); ++i)
    if (auto done = read(value.keys[i], value.items[i], Place(place, value.keys[i]), filters); !done)
      return done.error();
  return filters;
}

Result<Done> FilterReader::read(std::string_view key, JsonValue const& value, Place const& place, Filters& filters) {
  if (find_junction(key) != nullptr)
    return read_junction(key, value, place, filters,
                         [this](JsonValue const& part, Place const& at) { return read_object(part, at); });
  if (key == "not" || key == "!not" || key == "~not")
    return error_at(place, Code::unknown_key, "is no key of filters",
                    "and, or, !and, !or with a list of filters; an operator is negated by ! or ~ in front");
  auto const column = find_column(kind_, key, reading_, place);
  if (!column) return column.error();
  return read_value(*column, key, value, place, filters);
}

Result<Done> FilterReader::read_value(Column const& column, std::string_view name, JsonValue const& value,
                                      Place const& place, Filters& filters) {
  if (!value.is(JsonKind::object)) return read_operator(column, name, "==", value, place, filters);
  for (std::size_t i = 0; i < value.keys.size(); ++i) {
    Place const at(place, value.keys[i]);
    if (auto done = read_operator(column, name, value.keys[i], value.items[i], at, filters); !done) return done.error();
  }
  return Done{};
}

Result<Done> FilterReader::read_operator(Column const& column, std::string_view name, std::string_view word,
                                         JsonValue const& value, Place const& place, Filters& filters) {
  if (find_junction(word) != nullptr)
    return read_junction(word, value, place, filters, [&](JsonValue const& part, Place const& at) -> Result<Filters> {
      if (!part.is(JsonKind::object)) return wrong_kind(at, "an object of operators", part);
      Filters parts;
      if (auto done = read_value(column, name, part, at, parts); !done) return done.error();
      return parts;
    });
  auto const rows = column.type ? column_operators() : document_operators();
  auto bare = word;
  bool const is_negated = take_negation(bare);
  auto const found = std::ranges::find(rows, bare, &OperatorRow::word);
  if (found == rows.end())
    return unknown_operator(word, name, rows, column.type ? std::string_view("columns") : std::string_view("JSON"),
                            place);
  if (auto done = count(place); !done) return done.error();
  auto filter = found->read(bare, {column, name, budget_.times}, value, place);
  if (!filter) return std::move(filter).error();
  filter->negated = is_negated;
  filters.push_back(*std::move(filter));
  return Done{};
}

template <class ReadPart>
Result<Done> FilterReader::read_junction(std::string_view word, JsonValue const& value, Place const& place,
                                         Filters& filters, ReadPart const& read_part) {
  if (!value.is(JsonKind::list)) return wrong_kind(place, "a list of objects", value);
  if (auto done = count(place); !done) return done.error();
  Junction junction{find_junction(word)->is_any, {}};
  for (std::size_t i = 0; i < value.items.size(); ++i) {
    auto parts = read_part(value.items[i], Place(place, i));
    if (!parts) return std::move(parts).error();
    if (parts->size() == 1)
      junction.parts.push_back(std::move(parts->front()));
    else if (!parts->empty())
      junction.parts.push_back({Junction{false, *std::move(parts)}});
  }
  if (junction.parts.empty()) return Done{};
  filters.push_back({std::move(junction), take_negation(word)});
  return Done{};
}

}  // namespace restapi::query::builder
