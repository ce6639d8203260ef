// SPDX-License-Identifier: MIT
#include "query/builder/items.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <set>
#include <utility>

namespace restapi::query::builder {
namespace {

using JsonKind = JsonValue::Kind;

/// Calls `read(name, options, place)` for each item; `options` is null where there are none.
template <class Read>
Result<Done> for_each_item(JsonValue const& items, Place const& place, bool may_be_list, Read const& read) {
  if (items.is(JsonKind::text)) return read(items.text, nullptr, place);
  if (items.is(JsonKind::object)) {
    for (std::size_t i = 0; i < items.keys.size(); ++i)
      if (auto done = read(items.keys[i], &items.items[i], Place(place, items.keys[i])); !done) return done;
    return Done{};
  }
  if (!items.is(JsonKind::list) || !may_be_list)
    return wrong_kind(place, "the name of a column, or an object of names and options", items);
  for (std::size_t i = 0; i < items.items.size(); ++i)
    if (auto done = for_each_item(items.items[i], Place(place, i), false, read); !done) return done;
  return Done{};
}

struct FunctionRow {
  std::string_view word;
  Function function;
};
constexpr FunctionRow functions[] = {{"max", Function::max}, {"min", Function::min}, {"count", Function::count}};

struct DirectionRow {
  std::string_view word;
  bool descending;
};
constexpr DirectionRow directions[] = {{"asc", false}, {"desc", true}};

/// The row of the word that the value is; nullptr: null.
template <class Rows>
auto find_word(JsonValue const& value, Rows const& rows, std::string_view what, Place const& place)
    -> Result<decltype(std::data(rows))> {
  if (value.is(JsonKind::null)) return nullptr;
  std::vector<std::string_view> words;
  for (auto const& row : rows) {
    if (value.is(JsonKind::text) && value.text == row.word) return &row;
    words.push_back(row.word);
  }
  if (!value.is(JsonKind::text)) return wrong_kind(place, "a text", value, known_names("", what, words));
  return error_at(place, Code::wrong_type, "knows no " + quoted(value.text), known_names(value.text, what, words));
}

Result<std::optional<Cast>> read_cast(JsonValue const& value, Place const& place) {
  if (value.is(JsonKind::null)) return std::optional<Cast>();
  if (value.is(JsonKind::text) && value.text.size() == 1) {
    auto const* const found = std::ranges::find(casts, value.text.front(), &CastRow::letter);
    if (found != std::end(casts)) return std::optional(found->cast);
  }
  std::string known = "casts: ";
  for (auto const& row : casts) {
    if (&row != std::begin(casts)) known += ", ";
    known.append(1, row.letter).append(" (").append(row.help).append(")");
  }
  return value.is(JsonKind::text)
             ? error_at(place, Code::wrong_type, "there is no cast " + quoted(value.text), std::move(known))
             : wrong_kind(place, "a letter", value, std::move(known));
}

struct Options {
  std::optional<Cast> cast = {};
  Function function = Function::none;
  bool descending = false;
};

Result<Done> read_function(JsonValue const& value, Place const& place, Options& options) {
  auto const row = find_word(value, functions, "functions", place);
  if (!row) return row.error();
  if (*row != nullptr) options.function = (*row)->function;
  return Done{};
}

Result<Done> read_direction(JsonValue const& value, Place const& place, Options& options) {
  auto const row = find_word(value, directions, "orders", place);
  if (!row) return row.error();
  if (*row != nullptr) options.descending = (*row)->descending;
  return Done{};
}

Result<Done> read_cast_option(JsonValue const& value, Place const& place, Options& options) {
  auto const cast = read_cast(value, place);
  if (!cast) return cast.error();
  options.cast = *cast;
  return Done{};
}

struct OptionRow {
  std::string_view word;
  Result<Done> (*read)(JsonValue const& value, Place const& place, Options& options);
};
constexpr OptionRow options_of_outputs[] = {{"cast", read_cast_option}, {"func", read_function}};
constexpr OptionRow options_of_orders[] = {{"cast", read_cast_option}, {"order", read_direction}};

Result<Options> read_options(JsonValue const* written, std::span<OptionRow const> rows, Place const& place) {
  Options options;
  if (written == nullptr || written->is(JsonKind::null)) return options;
  if (!written->is(JsonKind::object)) return wrong_kind(place, "an object of options", *written);
  for (std::size_t i = 0; i < written->keys.size(); ++i) {
    Place const at(place, written->keys[i]);
    auto const row = std::ranges::find(rows, written->keys[i], &OptionRow::word);
    if (row == rows.end()) {
      std::vector<std::string_view> words;
      for (auto const& known : rows) words.push_back(known.word);
      return error_at(at, Code::unknown_key, "is no option", known_names(written->keys[i], "options", words));
    }
    if (auto done = row->read(written->items[i], at, options); !done) return done.error();
  }
  return options;
}

std::string key_of(std::string_view name, KeyMap const& keys) {
  auto const found = keys.find(name);
  return found == keys.end() ? std::string(name) : found->second;
}

/// The greatest of what has an order.
Result<Done> check_function(Output const& output, Place const& place) {
  bool const is_extreme = output.function == Function::max || output.function == Function::min;
  bool const has_order =
      output.column.type || (output.cast && output.cast != Cast::json && output.cast != Cast::boolean);
  if (!is_extreme || has_order) return Done{};
  return error_at(place, Code::wrong_type, "max and min of JSON need a cast that has an order",
                  "for example {\"func\": \"max\", \"cast\": \"f\"}; also i, t, d");
}

Error too_many(Place const& place) {
  return error_at(place, Code::out_of_range, "has too many columns",
                  "at most " + std::to_string(max_columns) + " of one tag");
}

/// All columns of a vertex or an edge.
std::vector<Output> all_outputs(Kind kind, KeyMap const& keys, Reading const& reading) {
  std::vector<Output> outputs;
  for (auto const name : column_names(kind))
    if (auto column = find_column(kind, name, reading, Place()))
      outputs.push_back({key_of(name, keys), *std::move(column)});
  return outputs;
}

}  // namespace

Result<std::vector<Output>> read_outputs(Kind kind, JsonValue const& items, KeyMap const& keys, Reading const& reading,
                                         Place const& place) {
  std::vector<Output> outputs;
  std::set<std::string, std::less<>> names, used;
  auto const read = [&](std::string_view name, JsonValue const* written, Place const& at) -> Result<Done> {
    auto const options = read_options(written, options_of_outputs, at);
    if (!options) return options.error();
    bool const is_all = name == "*" || name == "**";
    if (!names.emplace(is_all ? "*" : name).second)
      return error_at(at, Code::repeated_key, quoted(name) + " is named twice");
    if (is_all && options->function != Function::none)
      return error_at(at, Code::incompatible_keys, "a function takes one column");
    if (names.contains("*") && names.size() > 1)
      return error_at(at, Code::incompatible_keys, "all columns are named, and one of them besides",
                      "either * or names");
    if (is_all) {
      outputs = all_outputs(kind, keys, reading);
      return Done{};
    }
    auto column = find_column(kind, name, reading, at);
    if (!column) return std::move(column).error();
    Output output{key_of(name, keys), *std::move(column), {}, options->function};
    if (!output.column.type) output.cast = options->cast;
    if (auto done = check_function(output, at); !done) return done.error();
    if (outputs.size() == max_columns) return too_many(place);
    outputs.push_back(std::move(output));
    return Done{};
  };
  if (auto done = for_each_item(items, place, true, read); !done) return done.error();
  for (auto const& output : outputs)
    if (!used.insert(output.key).second)
      return error_at(place, Code::repeated_key, "two columns would have the key " + quoted(output.key),
                      "project_map gives each its own");
  return outputs;
}

Result<std::vector<OrderTerm>> read_order(Kind kind, JsonValue const& items, Reading const& reading,
                                          Place const& place) {
  std::vector<OrderTerm> terms;
  auto const read = [&](std::string_view name, JsonValue const* written, Place const& at) -> Result<Done> {
    Options options;
    if (written != nullptr && written->is(JsonKind::text)) {
      if (auto done = read_direction(*written, at, options); !done) return done.error();
    } else {
      auto found = read_options(written, options_of_orders, at);
      if (!found) return std::move(found).error();
      options = *found;
    }
    auto column = find_column(kind, name, reading, at);
    if (!column) return std::move(column).error();
    bool const is_json = !column->type;
    if (is_json && (!options.cast || options.cast == Cast::json))
      return error_at(at, Code::wrong_type, "JSON is ordered by a cast of it",
                      "for example {\"" + std::string(name.substr(0, 64)) +
                          "\": {\"order\": \"asc\", \"cast\": \"f\"}}; also i, b, t, d");
    if (terms.size() == max_columns) return too_many(place);
    terms.push_back({0, false, *std::move(column), is_json ? options.cast : std::nullopt, options.descending});
    return Done{};
  };
  if (auto done = for_each_item(items, place, true, read); !done) return done.error();
  return terms;
}

}  // namespace restapi::query::builder
