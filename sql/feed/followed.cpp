// SPDX-License-Identifier: MIT
#include <fmt/format.h>

#include "model/entity.hpp"
#include "sql/feed/following.hpp"

namespace restapi::sql::feed {
namespace {

// In the order of model::entities(). What a client cannot see makes no change.
constexpr Followed tables[] = {
    {.letter = 'n',
     .table = "db_dbnode",
     .from = "@db_dbnode AS t",
     .look = Look::recent,
     .keeps_uuid = true,
     .first = {},
     .second = {},
     .is_another_when_changed = false,
     .content = {{"mtime", "t.mtime"}}},
    {.letter = 'c',
     .table = "db_dbcomputer",
     .from = "@db_dbcomputer AS t",
     .look = Look::all,
     .keeps_uuid = true,
     .first = {},
     .second = {},
     .is_another_when_changed = false,
     .content = {{"name", "t.name"},
                 {"label", "t.label"},
                 {"hostname", "t.hostname"},
                 {"description", "t.description"},
                 {"enabled", "t.enabled"},
                 {"scheduler_type", "t.scheduler_type"},
                 {"transport_type", "t.transport_type"},
                 {"transport_params", "t.transport_params"},
                 {"metadata", "t.metadata"}}},
    {.letter = 'g',
     .table = "db_dbgroup",
     .from = "@db_dbgroup AS t",
     .look = Look::all,
     .keeps_uuid = true,
     .first = {},
     .second = {},
     .is_another_when_changed = false,
     .content = {{"name", "t.name"},
                 {"label", "t.label"},
                 {"type", "t.type"},
                 {"type_string", "t.type_string"},
                 {"time", "t.time"},
                 {"description", "t.description"},
                 {"extras", "t.extras"},
                 {"user_id", "t.user_id"}}},
    {.letter = 'u',
     .table = "db_dbuser",
     .from = "@db_dbuser AS t",
     .look = Look::all,
     .keeps_uuid = false,
     .first = {},
     .second = {},
     .is_another_when_changed = false,
     .content = {{"first_name", "t.first_name"}, {"last_name", "t.last_name"}, {"institution", "t.institution"}}},
    {.letter = 'l',
     .table = "db_dblink",
     .from = "@db_dblink AS t",
     .look = Look::new_ids,
     .keeps_uuid = false,
     .first = "t.input_id",
     .second = "t.output_id",
     .is_another_when_changed = false,
     .content = {{"label", "t.label"}, {"type", "t.type"}}},
    {.letter = 'm',
     .table = "db_dbgroup_dbnodes",
     .from = "@db_dbgroup_dbnodes AS t",
     .look = Look::new_ids,
     .keeps_uuid = false,
     .first = "t.dbgroup_id",
     .second = "t.dbnode_id",
     .is_another_when_changed = true,
     .content = {}},
    {.letter = 'k',
     .table = "db_dbcomment",
     .from = "@db_dbcomment AS t",
     .look = Look::all,
     .keeps_uuid = true,
     .first = "t.dbnode_id",
     .second = {},
     .is_another_when_changed = false,
     .content = {{"mtime", "t.mtime"}}},
    {.letter = 'o',
     .table = "db_dblog",
     .from = "@db_dblog AS t",
     .look = Look::new_ids,
     .keeps_uuid = false,
     .first = {},
     .second = {},
     .is_another_when_changed = true,
     .content = {{"uuid", "t.uuid"}}},
    {.letter = state_letter,
     .table = model::state_table,
     .from = "@db_dbcalcstate AS t",
     .look = Look::new_ids,
     .keeps_uuid = false,
     .first = "t.dbnode_id",
     .second = {},
     .is_another_when_changed = false,
     .content = {{"state", "t.state"}}},
};

}  // namespace

std::span<Followed const> followed() { return tables; }

std::vector<FollowedTable> followed_in(model::Schema const& columns) {
  std::vector<FollowedTable> found;
  for (auto const& row : tables) {
    auto const has = [&](std::string_view column) { return columns.contains(fmt::format("{}.{}", row.table, column)); };
    auto const has_if_named = [&](Fragment column) { return column.empty() || has(column.text().substr(2)); };
    if (!has("id")) continue;
    FollowedTable table{.what = &row, .has_uuid = row.keeps_uuid && has("uuid"), .has_mtime = has("mtime")};
    table.has_ends = !row.first.empty() && has_if_named(row.first) && has_if_named(row.second);
    for (auto const& column : row.content)
      if (!column.name.empty() && has(column.name)) table.content.push_back(column.sql);
    found.push_back(std::move(table));
  }
  return found;
}

}  // namespace restapi::sql::feed
