// SPDX-License-Identifier: MIT
#include "model/relation.hpp"

#include <algorithm>

namespace restapi::model {
namespace {

constexpr sql::Fragment end = ")";

// Along what data are made from and made of (AiiDA: create, input_calc; 0.x: createlink, inputlink), never return or
// call links. From those that fulfil the conditions on, each once: it ends in any graph.
constexpr sql::Fragment descendants_of =
    "n.id IN (WITH RECURSIVE walk(id) AS (SELECT l.output_id FROM @db_dblink AS l WHERE l.type IN ('create', "
    "'input_calc', 'createlink', 'inputlink') AND l.input_id ";
constexpr sql::Fragment end_of_descendants =
    " UNION SELECT l.output_id FROM walk JOIN @db_dblink AS l ON l.input_id = walk.id WHERE l.type IN ('create', "
    "'input_calc', 'createlink', 'inputlink')) SELECT id FROM walk)";
constexpr sql::Fragment ancestors_of =
    "n.id IN (WITH RECURSIVE walk(id) AS (SELECT l.input_id FROM @db_dblink AS l WHERE l.type IN ('create', "
    "'input_calc', 'createlink', 'inputlink') AND l.output_id ";
constexpr sql::Fragment end_of_ancestors =
    " UNION SELECT l.input_id FROM walk JOIN @db_dblink AS l ON l.output_id = walk.id WHERE l.type IN ('create', "
    "'input_calc', 'createlink', 'inputlink')) SELECT id FROM walk)";

constexpr sql::Fragment node_ids = "SELECT n.id FROM @db_dbnode AS n WHERE ";
constexpr sql::Fragment computer_ids = "SELECT c.id FROM @db_dbcomputer AS c WHERE ";
constexpr sql::Fragment user_ids = "SELECT u.id FROM @db_dbuser AS u WHERE ";

/// Where a walk along links comes to from the nodes that fulfil the conditions.
constexpr Relation walk(std::string_view name, std::string_view help, sql::Fragment begin, sql::Fragment end_of_walk) {
  return {name, "nodes", "nodes", Arity::many, help, begin, end_of_walk, {}, false, node_ids};
}

/// The row whose id is in a column.
constexpr Relation to_one(std::string_view name, std::string_view from, std::string_view to, std::string_view help,
                          sql::Fragment column, sql::Fragment ids, sql::Fragment one) {
  return {name, from, to, Arity::one, help, column, {}, one, false, ids};
}

constexpr Relation rows[] = {
    walk("ancestor", "what the node is made from, at any distance", descendants_of, end_of_descendants),
    {"called",
     "nodes",
     "nodes",
     Arity::many,
     "what the workflow has called",
     "n.id IN (SELECT l.input_id FROM @db_dblink AS l JOIN @db_dbnode AS n ON n.id = l.output_id WHERE l.type IN "
     "('call_calc', 'call_work', 'calllink') AND ",
     end,
     {},
     true},
    {"caller",
     "nodes",
     "nodes",
     Arity::many,
     "the workflow that has called it",
     "n.id IN (SELECT l.output_id FROM @db_dblink AS l JOIN @db_dbnode AS n ON n.id = l.input_id WHERE l.type IN "
     "('call_calc', 'call_work', 'calllink') AND ",
     end,
     {},
     true},
    {"comment", "nodes", "comments", Arity::many, "the comments on it",
     "n.id IN (SELECT k.dbnode_id FROM @db_dbcomment AS k WHERE ", end},
    to_one("computer", "nodes", "computers", "its computer", "n.dbcomputer_id ", computer_ids,
           " FROM @db_dbcomputer AS c WHERE c.id = n.dbcomputer_id)"),
    walk("descendant", "what is made from the node, at any distance", ancestors_of, end_of_ancestors),
    {"group", "nodes", "groups", Arity::many, "the groups that it is in",
     "n.id IN (SELECT m.dbnode_id FROM @db_dbgroup_dbnodes AS m JOIN @db_dbgroup AS g ON g.id = m.dbgroup_id WHERE ",
     end},
    {"input",
     "nodes",
     "nodes",
     Arity::many,
     "where its incoming links begin",
     "n.id IN (SELECT l.output_id FROM @db_dblink AS l JOIN @db_dbnode AS n ON n.id = l.input_id WHERE ",
     end,
     {},
     true},
    {"log", "nodes", "logs", Arity::many, "what the process has logged",
     "n.id IN (SELECT o.dbnode_id FROM @db_dblog AS o WHERE ", end},
    {"output",
     "nodes",
     "nodes",
     Arity::many,
     "where its outgoing links end",
     "n.id IN (SELECT l.input_id FROM @db_dblink AS l JOIN @db_dbnode AS n ON n.id = l.output_id WHERE ",
     end,
     {},
     true},
    to_one("user", "nodes", "users", "its owner", "n.user_id ", user_ids,
           " FROM @db_dbuser AS u WHERE u.id = n.user_id)"),
    to_one("user", "comments", "users", "who has written it", "k.user_id ", user_ids,
           " FROM @db_dbuser AS u WHERE u.id = k.user_id)"),
    {"node", "computers", "nodes", Arity::many, "the nodes of the computer",
     "EXISTS (SELECT 1 FROM @db_dbnode AS n WHERE n.dbcomputer_id = c.id AND ", end},
    {"node", "groups", "nodes", Arity::many, "the nodes in the group",
     "g.id IN (SELECT m.dbgroup_id FROM @db_dbgroup_dbnodes AS m JOIN @db_dbnode AS n ON n.id = m.dbnode_id WHERE ",
     end},
    to_one("user", "groups", "users", "its owner", "g.user_id ", user_ids,
           " FROM @db_dbuser AS u WHERE u.id = g.user_id)"),
    {"group", "users", "groups", Arity::many, "the groups of the user",
     "u.id IN (SELECT g.user_id FROM @db_dbgroup AS g WHERE ", end},
    {"node", "users", "nodes", Arity::many, "the nodes of the user",
     "u.id IN (SELECT n.user_id FROM @db_dbnode AS n WHERE ", end},
};

}  // namespace

std::span<Relation const> relations() { return rows; }

Relation const* find_relation(std::string_view from, std::string_view name) {
  auto const found =
      std::ranges::find_if(rows, [&](Relation const& row) { return row.from == from && row.name == name; });
  return found == std::end(rows) ? nullptr : found;
}

}  // namespace restapi::model
