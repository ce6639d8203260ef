// SPDX-License-Identifier: MIT
#include "query/builder/read.hpp"

#include <algorithm>
#include <array>
#include <map>
#include <utility>

#include "query/builder/filters.hpp"
#include "query/builder/items.hpp"
#include "query/builder/vertices.hpp"

namespace restapi::query::builder {
namespace {

using JsonKind = JsonValue::Kind;

constexpr std::array<std::string_view, 8> keys{"distinct", "filters", "limit",   "offset",
                                               "order_by", "path",    "project", "project_map"};

/// As Python sees a value where it wants true or false.
bool is_true(JsonValue const& value) {
  switch (value.kind) {
    case JsonKind::null:
      return false;
    case JsonKind::boolean:
      return value.boolean;
    case JsonKind::number:
      return as_real(JsonKind::number, value.text) != 0.0;
    case JsonKind::text:
      return !value.text.empty();
    case JsonKind::list:
    case JsonKind::object:
      return !value.items.empty();
  }
  return false;
}

bool is_path_of_walk(Column const& column) { return !column.type && column.sql.text() == "w.path"; }

bool asks_for_path(Filters const& filters) {
  return std::ranges::any_of(filters, [](Filter const& filter) {
    if (auto const* const document = std::get_if<DocumentFilter>(&filter.is)) return is_path_of_walk(document->column);
    auto const* const junction = std::get_if<Junction>(&filter.is);
    return junction != nullptr && asks_for_path(junction->parts);
  });
}

class QueryReader {
 public:
  QueryReader(JsonValue const& body, Reading const& reading) : body_(body), reading_(reading) {}

  Result<BuilderPlan> read() {
    if (!body_.is(JsonKind::object)) return wrong_kind(Place(), "an object", body_, "with the key path");
    for (auto const& key : body_.keys)
      if (std::ranges::find(keys, key) == keys.end())
        return error_at(Place(root_, key), Code::unknown_key, "is no key of a query", known_names(key, "keys", keys));
    auto const* const path = body_.find("path");
    if (path == nullptr)
      return error_at(Place(), Code::unknown_key, "has no path",
                      "a list of vertices, for example [{\"entity_type\": \"\", \"tag\": \"node\"}]");
    auto read = read_path(*path, reading_, Place(root_, "path"));
    if (!read) return std::move(read).error();
    path_ = *std::move(read);
    for (auto const step : {&QueryReader::read_filters, &QueryReader::read_key_maps, &QueryReader::read_outputs_of_all,
                            &QueryReader::read_orders, &QueryReader::read_window})
      if (auto done = (this->*step)(); !done) return done.error();
    finish();
    plan_.path = std::move(path_.vertices);
    return std::move(plan_);
  }

 private:
  /// Nothing where there is no such key, or null is at it.
  JsonValue const* find(std::string_view key) const {
    auto const* const found = body_.find(key);
    return found == nullptr || found->is(JsonKind::null) ? nullptr : found;
  }

  Part& part_of(Tag const& tag) {
    auto& vertex = path_.vertices[tag.vertex];
    return tag.is_edge ? *vertex.joined->edge : vertex.part;
  }

  static Error no_columns(Place const& place) {
    return error_at(place, Code::unknown_key, "this edge has no columns",
                    "those between nodes have, and those between groups and nodes");
  }

  /// Calls `read(tag, value, place)` for each tag of the object at the key.
  template <class Read>
  Result<Done> for_each_tag(JsonValue const& object, Place const& place, Read const& read) {
    bool const is_empty_list = object.is(JsonKind::list) && object.items.empty();
    if (!object.is(JsonKind::object) && !is_empty_list) return wrong_kind(place, "an object of tags", object);
    for (std::size_t i = 0; i < object.keys.size(); ++i) {
      Place const at(place, object.keys[i]);
      auto const tag = path_.find(object.keys[i], at);
      if (!tag) return tag.error();
      if (auto done = read(**tag, object.items[i], at); !done) return done;
    }
    return Done{};
  }

  /// What is written at the key of each tag; inside of the path, where it is not written there.
  using ByTag = std::map<Tag const*, Written>;
  Result<ByTag> written_by_tag(std::string_view key) {
    ByTag written;
    auto const* const found = find(key);
    if (found == nullptr) return written;
    auto const& place = path_.places.emplace_back(root_, key);
    auto done = for_each_tag(*found, place, [&](Tag const& tag, JsonValue const& value, Place const&) {
      written[&tag] = {&value, &path_.places.emplace_back(place, std::string_view(tag.name))};
      return Result<Done>(Done{});
    });
    if (!done) return done.error();
    return written;
  }

  Result<Done> read_filters() {
    auto const written = written_by_tag("filters");
    if (!written) return written.error();
    for (auto const& tag : path_.tags) {
      auto const found = written->find(&tag);
      if (auto done = read_filters_of(tag, found == written->end() ? Written() : found->second); !done) return done;
    }
    return Done{};
  }

  Result<Done> read_filters_of(Tag const& tag, Written above) {
    std::vector<std::pair<std::string_view, Written>> entries;
    for (auto const& from : {tag.filters, above}) {
      if (from.value == nullptr || from.value->is(JsonKind::null)) continue;
      if (auto done = check_filter_object(*from.value, *from.place); !done) return done;
      for (std::size_t i = 0; i < from.value->keys.size(); ++i) {
        std::string_view const key = from.value->keys[i];
        Written const entry{&from.value->items[i], &path_.places.emplace_back(*from.place, key)};
        auto const same = std::ranges::find(entries, key, &std::pair<std::string_view, Written>::first);
        if (same == entries.end())
          entries.emplace_back(key, entry);
        else
          same->second = entry;
      }
    }
    if (!tag.kind) {
      if (entries.empty()) return Done{};
      return no_columns(*entries.front().second.place);
    }
    auto& part = part_of(tag);
    bool const is_type_replaced =
        std::ranges::find(entries, tag.type.key, &std::pair<std::string_view, Written>::first) != entries.end();
    if (!is_type_replaced) part.filters = tag.type.filters;
    FilterReader reader(*tag.kind, reading_, budget_);
    for (auto const& [key, entry] : entries)
      if (auto done = reader.read(key, *entry.value, *entry.place, part.filters); !done) return done;
    return Done{};
  }

  Result<Done> read_key_maps() {
    auto const* const found = find("project_map");
    if (found == nullptr) return Done{};
    return for_each_tag(*found, Place(root_, "project_map"),
                        [this](Tag const& tag, JsonValue const& map, Place const& at) -> Result<Done> {
                          if (!map.is(JsonKind::object)) return wrong_kind(at, "an object of columns and keys", map);
                          for (std::size_t i = 0; i < map.keys.size(); ++i) {
                            if (!map.items[i].is(JsonKind::text))
                              return wrong_kind(Place(at, map.keys[i]), "a text", map.items[i]);
                            maps_[tag.name].emplace(map.keys[i], map.items[i].text);
                          }
                          return Done{};
                        });
  }

  Result<Done> read_outputs_of_all() {
    auto const written = written_by_tag("project");
    if (!written) return written.error();
    bool has_plain = false;
    std::size_t number = 0;
    Place const* of_function = nullptr;
    for (auto const& tag : path_.tags) {
      auto const found = written->find(&tag);
      auto const& from = found == written->end() ? tag.project : found->second;
      if (from.value == nullptr || from.value->is(JsonKind::null)) continue;
      if (!tag.kind) {
        if (from.value->items.empty() && !from.value->is(JsonKind::text)) continue;
        return no_columns(*from.place);
      }
      auto outputs = read_outputs(*tag.kind, *from.value, maps_[tag.name], reading_, *from.place);
      if (!outputs) return std::move(outputs).error();
      number += outputs->size();
      if (number > max_outputs)
        return error_at(*from.place, Code::out_of_range, "shows too many columns",
                        "at most " + std::to_string(max_outputs) + " in all");
      for (auto const& output : *outputs) {
        if (output.function == Function::none)
          has_plain = true;
        else
          of_function = from.place;
      }
      part_of(tag).outputs = *std::move(outputs);
    }
    if (has_plain && of_function != nullptr)
      return error_at(*of_function, Code::incompatible_keys, "has a function beside columns without one",
                      "all columns of a query have a function, or none has");
    plan_.has_functions = of_function != nullptr;
    if (has_plain || plan_.has_functions) return Done{};
    auto& last = path_.vertices.back().part;
    auto outputs = read_outputs(last.kind, JsonValue{JsonKind::text, false, "**"}, maps_[last.tag], reading_,
                                Place(root_, "project_map"));
    if (!outputs) return std::move(outputs).error();
    last.outputs = *std::move(outputs);
    return Done{};
  }

  Result<Done> read_orders() {
    auto const* const found = find("order_by");
    if (found == nullptr) return Done{};
    Place const place(root_, "order_by");
    auto const read = [this](Tag const& tag, JsonValue const& items, Place const& at) -> Result<Done> {
      if (!tag.kind) return no_columns(at);
      auto terms = read_order(*tag.kind, items, reading_, at);
      if (!terms) return std::move(terms).error();
      for (auto& term : *terms) {
        term.vertex = tag.vertex;
        term.is_of_edge = tag.is_edge;
        plan_.order.push_back(std::move(term));
      }
      if (plan_.order.size() > max_columns)
        return error_at(at, Code::out_of_range, "the rows are ordered by too many columns",
                        "at most " + std::to_string(max_columns));
      return Done{};
    };
    if (!found->is(JsonKind::list)) return for_each_tag(*found, place, read);
    for (std::size_t i = 0; i < found->items.size(); ++i)
      if (auto done = for_each_tag(found->items[i], Place(place, i), read); !done) return done;
    return Done{};
  }

  Result<std::optional<std::int64_t>> read_number(std::string_view key) const {
    auto const* const found = find(key);
    if (found == nullptr) return std::optional<std::int64_t>();
    Place const place(root_, key);
    auto const number = found->is(JsonKind::number) ? as_integer(JsonKind::number, found->text) : std::nullopt;
    if (!number) return wrong_kind(place, "an integer or null", *found);
    if (*number < 0) return error_at(place, Code::out_of_range, "takes no negative number", "0 or more, or null");
    return number;
  }

  Result<Done> read_window() {
    auto const limit = read_number("limit");
    if (!limit) return limit.error();
    auto const offset = read_number("offset");
    if (!offset) return offset.error();
    plan_.limit = *limit;
    plan_.offset = offset->value_or(0);
    auto const* const distinct = find("distinct");
    plan_.is_distinct = distinct != nullptr && is_true(*distinct);
    return Done{};
  }

  void finish() {
    for (auto& vertex : path_.vertices) {
      if (!vertex.joined || !vertex.joined->edge) continue;
      auto const& edge = *vertex.joined->edge;
      vertex.joined->has_path =
          asks_for_path(edge.filters) || std::ranges::any_of(edge.outputs, is_path_of_walk, &Output::column);
    }
    for (auto const& term : plan_.order)
      if (term.is_of_edge && is_path_of_walk(term.column)) path_.vertices[term.vertex].joined->has_path = true;
  }

  JsonValue const& body_;
  Reading const& reading_;
  Place const root_;
  PathRead path_;
  FilterBudget budget_;
  std::map<std::string, KeyMap> maps_;
  BuilderPlan plan_;
};

}  // namespace

Result<BuilderPlan> read_query(JsonValue const& body, model::Catalog const& catalog, Policy const& policy) {
  Reading const reading{catalog, policy};
  return QueryReader(body, reading).read();
}

}  // namespace restapi::query::builder
