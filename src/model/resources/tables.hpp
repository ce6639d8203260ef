// SPDX-License-Identifier: MIT
/// The resources, one table per file of this folder. Everyone else asks the Catalog.
#pragma once

#include <span>

#include "model/resource.hpp"

namespace restapi::model {

std::span<Resource const> node_resources();  ///< nodes first, then its kinds
Resource const& computers();
Resource const& users();
Resource const& groups();

/// The place every database has.
constexpr Places same(sql::Fragment sql) { return {Place{"", sql}}; }

/// Kept as `older` unless the column `needs` exists.
constexpr Places moved(std::string_view needs, sql::Fragment newer, sql::Fragment older) {
  return {Place{needs, newer}, Place{"", older}};
}

/// The state of node n: 0.x kept the states of calculations in a table of their own, of which the latest row counts.
/// A state has some ten characters. jsonb may have kilobytes that are a gigabyte as text, and a list has 400 of them:
/// PostgreSQL gives so many characters at most.
inline constexpr Places node_state = {
    Place{
        "db_dbcalcstate.state",
        "substr(coalesce((SELECT s.state FROM @db_dbcalcstate AS s WHERE s.dbnode_id = n.id ORDER BY s.time DESC, s.id "
        "DESC LIMIT 1), n.attributes ->> 'state'), 1, 10000)"},
    // SQLite keeps JSON as any text: one malformed document would otherwise fail every list that it is in.
    Place{"json_valid.text",
          "CASE WHEN json_valid(n.attributes) THEN coalesce(n.attributes ->> 'process_state', n.attributes ->> "
          "'state') END"},
    Place{"", "substr(coalesce(n.attributes ->> 'process_state', n.attributes ->> 'state'), 1, 10000)"},
};

}  // namespace restapi::model
