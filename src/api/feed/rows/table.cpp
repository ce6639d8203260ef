// SPDX-License-Identifier: MIT
#include "api/feed/rows/table.hpp"

#include <algorithm>
#include <vector>

namespace restapi::api::feed::rows {
namespace {

std::vector<Table> make_tables() {
  auto const entities = model::entities();
  std::vector<Table> made;
  auto const add = [&](std::string_view name, model::Entity const& entity, model::NodeKind const* kind = nullptr) {
    made.push_back({static_cast<int>(made.size()) + 1, name, &entity, kind});
  };
  add(entities.front().name, entities.front());
  for (auto const& kind : model::node_kinds()) add(kind.name, entities.front(), &kind);
  for (auto const& entity : entities.subspan(1)) add(entity.name, entity);
  return made;
}

template <class Value>
Table const* find(Value const& value, Value Table::*member) {
  auto const found = std::ranges::find(tables(), value, member);
  return found == tables().end() ? nullptr : &*found;
}

}  // namespace

std::span<Table const> tables() {
  static std::vector<Table> const made = make_tables();
  return made;
}

Table const* find_table(int id) { return find(id, &Table::id); }
Table const* find_table(std::string_view name) { return find(name, &Table::name); }

}  // namespace restapi::api::feed::rows
