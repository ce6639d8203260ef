// SPDX-License-Identifier: MIT
#include "sql/entities_read.hpp"

#include <algorithm>
#include <stdexcept>
#include <string>
#include <string_view>

namespace restapi::sql {
namespace {

constexpr std::string_view mark = "@db_db";

bool is_of_name(char c) { return (c >= 'a' && c <= 'z') || c == '_'; }

std::size_t entity_of(std::string_view table) {
  if (table == model::state_table) return entity_of("db_dbnode");
  auto const all = model::entities();
  auto const found = std::ranges::find(all, table, &model::Entity::table);
  if (found == all.end()) throw std::logic_error("no entity is kept in " + std::string(table));
  return static_cast<std::size_t>(found - all.begin());
}

}  // namespace

model::EntitySet entities_read(Statement const& statement) {
  model::EntitySet read;
  std::string_view const text = statement.text();
  for (auto at = text.find(mark); at != text.npos; at = text.find(mark, at)) {
    auto const begin = ++at;
    auto const end = std::find_if_not(text.begin() + static_cast<std::ptrdiff_t>(begin), text.end(), is_of_name);
    read.set(entity_of({text.begin() + static_cast<std::ptrdiff_t>(begin), end}));
  }
  return read;
}

}  // namespace restapi::sql
