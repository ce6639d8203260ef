// SPDX-License-Identifier: MIT
#include "store/changes/known_tables.hpp"

#include <algorithm>
#include <utility>

#include "model/entity.hpp"

namespace restapi::store {

namespace {

/// Of one that is another row than before with the same id: what links and memberships are is what they lead to.
bool is_another(KnownTables::Table const& table, KnownRows::Row const& before, KnownRows::Row const& now) {
  if (!table.entity) return false;
  if (table.what.what->is_another_when_changed) return true;
  bool const has_other_ends = table.known.kept().ends && (before.first != now.first || before.second != now.second);
  return has_other_ends && table.entity->uuid != model::KeptUuid::own;
}

}  // namespace

KnownTables::KnownTables(model::Schema const& columns, bool with_versions, std::size_t most_kept)
    : with_versions_(with_versions), most_kept_(most_kept) {
  for (auto& table : sql::feed::followed_in(columns)) {
    KnownRows known({.uuid = table.has_uuid, .ends = table.has_ends, .version = with_versions});
    auto const* const entity = model::find_entity(table.what->letter);
    tables_.push_back({std::move(table), entity, std::move(known)});
  }
}

std::vector<std::int64_t> KnownTables::greatest_ids() const {
  std::vector<std::int64_t> ids;
  for (auto const& table : tables_) ids.push_back(table.known.greatest());
  return ids;
}

void KnownTables::learn(Table& table, KnownRows::Row const& row) {
  table.known.see(row);
  if (table.known.size() > most_kept_ && table.known.keeps_more()) table.known.keep_less();
}

void KnownTables::see(Table& table, KnownRows::Row const& row, Findings& findings) {
  using enum KnownRows::Was;
  auto const before = table.known.find(row.id);
  auto was = table.known.see(row);
  if (was == changed && is_another(table, *before, row)) was = another;
  bool const is_doubtful = table.doubtful.erase(row.id) > 0;
  if (was == same && with_versions_ && !is_doubtful) return;
  if (!table.entity) {
    auto const& nodes = tables_.front();
    if (nodes.known.has(row.first)) findings.updated(*nodes.entity, row.first);
    return;
  }
  if (was == another) gone(table, *before, findings);
  if (was == unknown || was == another || is_doubtful)
    findings.created(*table.entity, row.id);
  else
    findings.updated(*table.entity, row.id);
  if (table.known.size() > most_kept_ && table.known.keeps_more()) table.known.keep_less();
}

void KnownTables::doubt(model::Entity const& entity, std::span<std::int64_t const> ids) {
  for (auto& table : tables_)
    if (table.entity == &entity)
      for (auto const id : ids)
        if (table.known.has(id)) table.doubtful.insert(id);
}

void KnownTables::miss(Table& table, KnownRows::Row const& row, Findings& findings) {
  table.known.remove(row.id);
  table.doubtful.erase(row.id);
  if (!table.entity) return;
  bool const had_uuid = table.entity->letter == 'n' && table.what.has_uuid;
  if (had_uuid && !table.known.keeps_more())
    findings.lose();
  else
    gone(table, row, findings);
}

void KnownTables::gone(Table const& table, KnownRows::Row const& row, Findings& findings) {
  auto uuid = row.uuid;
  if (table.entity->uuid == model::KeptUuid::of_second_node) {
    auto const node = tables_.front().known.find(row.second);
    uuid = node ? node->uuid : Uuid{};
  }
  findings.deleted(*table.entity, row, uuid);
}

}  // namespace restapi::store
