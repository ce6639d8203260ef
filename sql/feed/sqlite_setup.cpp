// SPDX-License-Identifier: MIT
#include <fmt/format.h>

#include <iterator>

#include "model/entity.hpp"
#include "sql/feed/changes.hpp"
#include "sql/feed/setup.hpp"

namespace restapi::sql::feed {
namespace {

// Without AUTOINCREMENT, which would leave a table behind that nobody can remove: the newest rows always stay, so the
// greatest position does, and none is given twice.
constexpr std::string_view setup =
    R"SQL(-- restapi: writes down the changes of an AiiDA database, for its live feed. SQLite 3.38 or later.
--
--   restapi --print-feed-setup sqlite | sqlite3 -bail database.sqlite
--
-- It is one transaction, and may be run again: what is there stays, unless a trigger was missing. Run it again after a
-- migration. This removes everything:
--
--   restapi --print-feed-removal sqlite | sqlite3 -bail database.sqlite
--
-- Each row of AiiDA's tables that is changed adds a row to restapi_feed_change. Rows are removed after a day, except the
-- newest 100 000:
--
--   UPDATE restapi_feed SET keep = 200000

BEGIN IMMEDIATE;

CREATE TABLE IF NOT EXISTS restapi_feed_change (
  position INTEGER PRIMARY KEY,
  mark INTEGER NOT NULL DEFAULT (random()), -- tells this row from one of a copy of the file
  at INTEGER NOT NULL DEFAULT (CAST((julianday('now') - 2440587.5) * 86400000 AS INTEGER)), -- milliseconds since 1970
  entity TEXT NOT NULL,                     -- «LETTERS»
  action TEXT NOT NULL,                     -- i inserted, u updated, d deleted
  fields INTEGER NOT NULL DEFAULT 0,        -- of updated nodes: 1 attributes, 2 extras have changed
  id INTEGER NOT NULL,
  first_id INTEGER,                         -- of a deleted row: what it belonged to,
  second_id INTEGER,                        -- and its other end
  uuid TEXT                                 -- SQLite may give the id of a deleted row again
);
CREATE TABLE IF NOT EXISTS restapi_feed (
  epoch TEXT NOT NULL,                      -- another one: what was told before is not continued
  floor INTEGER NOT NULL,                   -- positions up to this one may be gone
  keep INTEGER NOT NULL,                    -- so many rows stay, whatever their age
  version INTEGER NOT NULL
);

-- What came before the first run, or while a trigger was missing, is not told.
DELETE FROM restapi_feed WHERE «COUNT» <> (SELECT count(*) FROM sqlite_master WHERE type = 'trigger' AND name IN
  («NAMES»));
DELETE FROM restapi_feed_change WHERE NOT EXISTS (SELECT 1 FROM restapi_feed);
INSERT INTO restapi_feed (epoch, floor, keep, version)
  SELECT lower(hex(randomblob(16))), 0, 100000, «VERSION» WHERE NOT EXISTS (SELECT 1 FROM restapi_feed);
UPDATE restapi_feed SET version = «VERSION» WHERE version <> «VERSION»;

DROP TRIGGER IF EXISTS restapi_feed_trim;
CREATE TRIGGER restapi_feed_trim AFTER INSERT ON restapi_feed_change WHEN NEW.position % 1024 = 0 BEGIN
  UPDATE restapi_feed SET floor = max(floor, coalesce((SELECT max(position) FROM restapi_feed_change
    WHERE position <= NEW.position - keep AND at < NEW.at - 86400000), 0));
  DELETE FROM restapi_feed_change WHERE position <= (SELECT floor FROM restapi_feed);
END;
«TRIGGERS»
COMMIT;
)SQL";

constexpr std::string_view removal = R"SQL(-- restapi: undoes what this did:  restapi --print-feed-setup sqlite
--
--   restapi --print-feed-removal sqlite | sqlite3 -bail database.sqlite
--
-- It is one transaction, and may be run again.

BEGIN IMMEDIATE;
«TRIGGERS»
DROP TABLE IF EXISTS restapi_feed_change;
DROP TABLE IF EXISTS restapi_feed;
COMMIT;
)SQL";

struct Action {
  char letter;
  std::string_view name;
  std::string_view row;  ///< that is there: NEW or OLD
};
constexpr Action actions[] = {{'i', "insert", "NEW"}, {'u', "update", "NEW"}, {'d', "delete", "OLD"}};

std::string name_of(model::Entity const& entity, Action const& action) {
  return fmt::format("restapi_feed_{}_{}", entity.table, action.name);
}

std::string uuid_of(model::Entity const& entity, Action const& action) {
  switch (entity.uuid) {
    case model::KeptUuid::own:
      return fmt::format("{}.uuid", action.row);
    case model::KeptUuid::of_second_node:
      return fmt::format("(SELECT uuid FROM db_dbnode WHERE id = {}.{})", action.row, entity.second);
    case model::KeptUuid::none:
      break;
  }
  return "NULL";
}

std::string trigger_of(model::Entity const& entity, Action const& action) {
  bool const is_deleted = action.letter == 'd';
  auto const kept = [&](std::string_view column) {
    return is_deleted && !column.empty() ? fmt::format("{}.{}", action.row, column) : "NULL";
  };
  std::string_view const fields = entity.letter == 'n' && action.letter == 'u'
                                      ? "(OLD.attributes IS NOT NEW.attributes) + 2 * (OLD.extras IS NOT NEW.extras)"
                                      : "0";
  auto const name = name_of(entity, action);
  return fmt::format(
      "DROP TRIGGER IF EXISTS {0};\n"
      "CREATE TRIGGER {0} AFTER {1} ON {2} BEGIN\n"
      "  INSERT INTO restapi_feed_change (entity, action, fields, id, first_id, second_id, uuid)\n"
      "    VALUES ('{3}', '{4}', {5}, {6}.id, {7}, {8}, {9});\n"
      "END;\n",
      name, action.name, entity.table, entity.letter, action.letter, fields, action.row, kept(entity.first),
      kept(entity.second), uuid_of(entity, action));
}

}  // namespace

std::string sqlite_setup() {
  std::string letters, names, triggers;
  for (auto const& entity : model::entities()) {
    letters += fmt::format("{}{} {}", letters.empty() ? "" : ", ", entity.letter, entity.name);
    for (auto const& action : actions) {
      names += fmt::format("{}'{}'", names.empty() ? "" : ", ", name_of(entity, action));
      triggers += trigger_of(entity, action);
    }
  }
  auto script = filled(setup, "LETTERS", letters);
  script = filled(script, "NAMES", names);
  script = filled(script, "COUNT", std::to_string(sqlite_triggers()));
  script = filled(script, "VERSION", std::to_string(setup_version));
  return filled(script, "TRIGGERS", triggers);
}

int sqlite_triggers() { return static_cast<int>(std::size(actions) * model::entities().size()); }

std::string sqlite_removal() {
  std::string triggers = "DROP TRIGGER IF EXISTS restapi_feed_trim;\n";
  for (auto const& entity : model::entities())
    for (auto const& action : actions) triggers += fmt::format("DROP TRIGGER IF EXISTS {};\n", name_of(entity, action));
  return filled(removal, "TRIGGERS", triggers);
}

}  // namespace restapi::sql::feed
