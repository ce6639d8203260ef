// SPDX-License-Identifier: MIT
#include "store/sqlite/defences.hpp"

#include <soci/sqlite3/soci-sqlite3.h>

#include <algorithm>
#include <iterator>
#include <string_view>

namespace restapi::store {
namespace {

namespace api = sqlite_api;

struct Setting {
  int name, value;
};

constexpr Setting switches[] = {
    {SQLITE_DBCONFIG_DEFENSIVE, 1},  // no writing to the schema and to shadow tables by whatever way
    {SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0},
    {SQLITE_DBCONFIG_ENABLE_VIEW, 0},  // AiiDA has tables; a view in the place of one may be a query without an end
    {SQLITE_DBCONFIG_ENABLE_TRIGGER, 0},
    {SQLITE_DBCONFIG_ENABLE_LOAD_EXTENSION, 0},
    {SQLITE_DBCONFIG_ENABLE_FTS3_TOKENIZER, 0},
};

constexpr Setting limits[] = {
    {SQLITE_LIMIT_LENGTH, largest_sqlite_cell},
    {SQLITE_LIMIT_ATTACHED, 0},
    {SQLITE_LIMIT_WORKER_THREADS, 0},
    {SQLITE_LIMIT_TRIGGER_DEPTH, 1},
};

constexpr int actions[] = {SQLITE_SELECT, SQLITE_READ, SQLITE_FUNCTION, SQLITE_RECURSIVE};
constexpr std::string_view pragmas[] = {"data_version", "encoding", "table_info"};

// Asked while a statement is prepared, so it costs nothing later.
int allow(void*, int action, char const* first, char const* second, char const*, char const*) {
  if (std::find(std::begin(actions), std::end(actions), action) != std::end(actions)) return SQLITE_OK;
  // SQLite asks for this on behalf of pragma_table_info. A statement that says so is refused by the switches above.
  if (action == SQLITE_UPDATE && first && first == std::string_view("sqlite_master")) return SQLITE_OK;
  // The value of a setting comes second; pragma_table_info('t') has its table there.
  bool const is_harmless = action == SQLITE_PRAGMA && first &&
                           std::find(std::begin(pragmas), std::end(pragmas), first) != std::end(pragmas) &&
                           (std::string_view(first) == "table_info" || !second);
  return is_harmless ? SQLITE_OK : SQLITE_DENY;
}

}  // namespace

void defend(api::sqlite3* connection) {
  for (auto const& [name, value] : switches) api::sqlite3_db_config(connection, name, value, nullptr);
  for (auto const& [name, value] : limits) api::sqlite3_limit(connection, name, value);
  api::sqlite3_set_authorizer(connection, allow, nullptr);
}

}  // namespace restapi::store
