// SPDX-License-Identifier: MIT
#include "store/sqlite/canonical_json.hpp"

#include <algorithm>
#include <cstddef>
#include <numeric>
#include <utility>
#include <vector>

#include "query/json_number.hpp"

namespace restapi::store {
namespace {

using Kind = JsonValue::Kind;

constexpr std::size_t deepest = 200;

void sort_keys(JsonValue& object) {
  std::vector<std::size_t> order(object.keys.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::ranges::sort(order, {}, [&](std::size_t i) { return std::string_view(object.keys[i]); });
  JsonValue sorted{Kind::object};
  for (auto const i : order) {
    sorted.keys.push_back(std::move(object.keys[i]));
    sorted.items.push_back(std::move(object.items[i]));
  }
  object = std::move(sorted);
}

void make_canonical(JsonValue& value) {
  for (auto& item : value.items) make_canonical(item);
  if (value.is(Kind::object)) sort_keys(value);
  if (!value.is(Kind::number)) return;
  if (auto const number = query::read_json_number(value.text)) value.text = query::sort_key(*number);
}

bool is_scalar(JsonValue const& value) { return !value.is(Kind::list) && !value.is(Kind::object); }

/// The value of a key; the keys are in order.
JsonValue const* value_at(JsonValue const& object, std::string_view key) {
  auto const found = std::ranges::lower_bound(object.keys, key);
  if (found == object.keys.end() || *found != key) return nullptr;
  return &object.items[static_cast<std::size_t>(found - object.keys.begin())];
}

}  // namespace

// A document is deeper than a request may be: read with its own limit.
std::optional<JsonValue> read_canonical_json(std::string_view json) {
  auto value = read_json(json, deepest);
  if (!value) return std::nullopt;
  make_canonical(*value);
  return *std::move(value);
}

bool JsonComparison::goes_on() {
  constexpr unsigned between_questions = 4096;
  if (++steps_ % between_questions == 0 && is_enough_ && is_enough_()) is_stopped_ = true;
  return !is_stopped_;
}

bool JsonComparison::same(JsonValue const& value, JsonValue const& wanted) {
  return goes_on() && value.kind == wanted.kind && value.boolean == wanted.boolean && value.text == wanted.text &&
         value.keys == wanted.keys &&
         std::ranges::equal(value.items, wanted.items, [this](auto const& a, auto const& b) { return same(a, b); });
}

bool JsonComparison::has(JsonValue const& value, JsonValue const& wanted) {
  if (is_scalar(wanted)) return same(value, wanted);
  if (!goes_on() || value.kind != wanted.kind) return false;
  if (wanted.is(Kind::object)) {
    for (std::size_t i = 0; i < wanted.keys.size(); ++i) {
      auto const* const found = value_at(value, wanted.keys[i]);
      if (found == nullptr || !has(*found, wanted.items[i])) return false;
    }
    return true;
  }
  return std::ranges::all_of(wanted.items, [&](auto const& element) {
    return std::ranges::any_of(value.items, [&](auto const& own) { return !is_stopped_ && has(own, element); });
  });
}

std::optional<bool> JsonComparison::is_same(JsonValue const& value, JsonValue const& wanted) {
  return unless_stopped(same(value, wanted));
}

std::optional<bool> JsonComparison::contains(JsonValue const& value, JsonValue const& wanted) {
  if (!value.is(Kind::list) || !is_scalar(wanted)) return unless_stopped(has(value, wanted));
  return unless_stopped(std::ranges::any_of(value.items, [&](auto const& own) { return same(own, wanted); }));
}

std::optional<WantedJson> WantedJson::read(std::string_view json) {
  auto value = read_canonical_json(json);
  if (!value) return std::nullopt;
  return WantedJson{*std::move(value)};
}

}  // namespace restapi::store
