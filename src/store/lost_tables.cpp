// SPDX-License-Identifier: MIT
#include "store/lost_tables.hpp"

#include <algorithm>
#include <set>
#include <string_view>

namespace restapi::store {
namespace {

/// A schema has texts like `db_dbgroup.label`.
std::set<std::string_view> tables_of(model::Schema const& schema) {
  std::set<std::string_view> tables;
  for (std::string_view const column : schema) tables.insert(column.substr(0, column.find('.')));
  return tables;
}

}  // namespace

void LostTables::look(model::Schema const& when_opened, model::Schema const& now) {
  auto const there = tables_of(now);
  std::vector<std::string> marked;
  for (auto const table : tables_of(when_opened))
    if (!there.contains(table)) marked.push_back('@' + std::string(table) + ' ');
  std::lock_guard const lock(mutex_);
  marked_ = std::move(marked);
  is_any_ = !marked_.empty();
}

bool LostTables::concern(sql::Statement const& statement) const {
  if (!is_any_.load(std::memory_order_relaxed)) return false;
  std::lock_guard const lock(mutex_);
  return std::ranges::any_of(marked_,
                             [&](auto const& mark) { return statement.text().find(mark) != std::string::npos; });
}

}  // namespace restapi::store
