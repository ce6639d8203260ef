// SPDX-License-Identifier: MIT
#include "api/feed/objects.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <unordered_set>
#include <utility>

#include "api/feed/successors.hpp"
#include "base/json_text.hpp"
#include "http/date.hpp"
#include "http/target.hpp"
#include "sql/feed/objects.hpp"

namespace restapi::api::feed {
namespace {

struct Found {
  std::unordered_map<std::int64_t, ToldObject> objects = {};
  std::unordered_set<std::int64_t> too_large = {};
};

/// One fewer than a list may have: a list that is full would be counted.
constexpr std::size_t most_together = 399;

/// Of JSON. A larger one is not told.
constexpr std::size_t largest_object = 256 * 1024;

/// Asks for them as a client would: who may see what is decided in one place.
std::optional<Error> read_list(Found& found, std::string_view resource, std::span<std::int64_t const> ids,
                               store::Store& store, ApiVersion const& version, Totals& totals) {
  auto const text =
      fmt::format("{}/{}?id=in={}&limit={}", version.prefix(), resource, fmt::join(ids, ","), most_together + 1);
  auto const target = http::read_target(text);
  if (!target) return target.error();
  auto prepared = version.prepare({"GET", *target, {}}, store.catalog(), {}, store.dialect());
  if (auto const* error = std::get_if<Error>(&prepared.outcome)) return *error;
  auto const* pending = std::get_if<std::unique_ptr<PendingRead>>(&prepared.outcome);
  if (pending == nullptr) return Error{Code::internal, "", "", {}, "a list is no list"};
  std::optional<store::Version> const none;
  http::PublicAddress const address;
  std::optional<Result<store::Rows>> first;
  if ((*pending)->first()) first = store.read(*(*pending)->first());
  auto const answer = (*pending)->read(std::move(first), {store, totals, none, {}, {}, true, {}, *target, address});
  if (!answer) return answer.error();
  auto const& objects = std::get<Objects>(answer->content);
  auto const& shown = objects.projection->fields;
  auto const column = [&](std::string_view name) {
    auto const field = std::ranges::find(shown, name, &query::Shown::name);
    return objects.first_column + static_cast<std::size_t>(field - shown.begin());
  };
  auto const id = column("id"), uuid = column("uuid"), type = column("type"), width = objects.rows.width();
  for (std::size_t row = 0; row < objects.rows.size(); ++row) {
    ToldObject object{version.object(objects, row)};
    if (object.json.size() > largest_object) {
      found.too_large.insert(objects.rows.integer_at(row, id));
      continue;
    }
    if (uuid < width) object.uuid = objects.rows.at(row, uuid).value_or("");
    if (resource == "nodes") object.type = objects.rows.at(row, type).value_or("");
    found.objects.emplace(objects.rows.integer_at(row, id), std::move(object));
  }
  return std::nullopt;
}

/// One that is too large for an answer is left out, and does not keep others from being told.
std::optional<Error> read_listed(Found& found, std::string_view resource, std::span<std::int64_t const> ids,
                                 store::Store& store, ApiVersion const& version, Totals& totals) {
  auto error = read_list(found, resource, ids, store, version, totals);
  if (!error || error->code != Code::answer_too_large) return error;
  if (ids.size() == 1) {
    found.too_large.insert(ids.front());
    return std::nullopt;
  }
  auto const half = ids.size() / 2;
  if (auto first = read_listed(found, resource, ids.first(half), store, version, totals)) return first;
  return read_listed(found, resource, ids.subspan(half), store, version, totals);
}

void append_field(std::string& json, sql::feed::ObjectField const& field, std::optional<std::string_view> cell) {
  using Kind = sql::feed::ObjectField::Kind;
  json += ",\"";
  json += field.name;
  json += "\":";
  if (!cell) {
    json += "null";
  } else if (field.kind == Kind::number) {
    json += *cell;
  } else if (std::string date; field.kind == Kind::time && http::append_http_date(date, *cell)) {
    append_json_string(json, date);
  } else {
    append_json_string(json, *cell);
  }
}

std::optional<Error> read_others(Found& found, sql::feed::ObjectShape const& shape, std::span<std::int64_t const> ids,
                                 store::Store& store) {
  auto const rows = store.read(sql::feed::objects(shape, ids, store.dialect()));
  if (!rows) return rows.error();
  constexpr std::size_t first_field = 3;
  for (std::size_t row = 0; row < rows->size(); ++row) {
    auto const end = [&](std::size_t column) {
      return rows->at(row, column) ? std::optional(rows->integer_at(row, column)) : std::nullopt;
    };
    ToldObject object{fmt::format("{{\"id\":{}", rows->integer_at(row, 0))};
    object.first = end(1);
    object.second = end(2);
    for (std::size_t i = 0; i < shape.fields.size(); ++i) {
      auto const cell = rows->at(row, first_field + i);
      append_field(object.json, shape.fields[i], cell);
      if (shape.fields[i].name == "uuid") object.uuid = cell.value_or("");
    }
    object.json += '}';
    found.objects.emplace(rows->integer_at(row, 0), std::move(object));
  }
  return std::nullopt;
}

/// Of objects that are about a node.
std::optional<Error> add_types_of_nodes(Found& found, store::Store& store, ApiVersion const& version, Totals& totals) {
  std::vector<std::int64_t> ids;
  for (auto const& [id, object] : found.objects)
    if (object.first) ids.push_back(*object.first);
  Found nodes;
  for (std::span<std::int64_t const> rest(ids); !rest.empty();) {
    auto const some = rest.first(std::min(most_together, rest.size()));
    rest = rest.subspan(some.size());
    if (auto error = read_listed(nodes, "nodes", some, store, version, totals)) return error;
  }
  for (auto& [id, object] : found.objects)
    if (auto const node = nodes.objects.find(object.first.value_or(0)); node != nodes.objects.end())
      object.type = node->second.type;
  return std::nullopt;
}

bool is_successor_of(store::Change const& change, std::size_t index, ToldObject const& found) {
  bool const is_known = change.entity->uuid == model::KeptUuid::own && index < change.uuids.size();
  return is_known && is_successor(change.uuids[index], found.uuid);
}

}  // namespace

Result<ReadObjects> read_objects(store::Change const& change, store::Store& store, ApiVersion const& version,
                                 Totals& totals) {
  if (change.action != store::Action::created && change.action != store::Action::updated) return ReadObjects();
  Found found;
  auto const* const shape = sql::feed::find_object_shape(change.entity->letter);
  std::span<std::int64_t const> rest(change.ids);
  while (!rest.empty()) {
    auto const ids = rest.first(std::min(most_together, rest.size()));
    rest = rest.subspan(ids.size());
    auto error = shape ? read_others(found, *shape, ids, store)
                       : read_listed(found, change.entity->name, ids, store, version, totals);
    if (error) return *std::move(error);
  }
  // Comments are told to those who listen to nodes of a kind.
  if (change.entity->letter == 'k')
    if (auto error = add_types_of_nodes(found, store, version, totals)) return *std::move(error);
  ReadObjects read;
  read.told.reserve(change.ids.size());
  for (std::size_t i = 0; i < change.ids.size(); ++i) {
    auto const one = found.objects.find(change.ids[i]);
    bool const is_there = one != found.objects.end();
    bool const is_told = is_there && !is_successor_of(change, i, one->second);
    read.told.push_back(is_told ? std::optional(one->second) : std::nullopt);
    if (!is_there && !found.too_large.contains(change.ids[i])) read.gone.push_back(change.ids[i]);
  }
  return read;
}

}  // namespace restapi::api::feed
