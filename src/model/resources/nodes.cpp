// SPDX-License-Identifier: MIT
#include "model/resources/tables.hpp"

namespace restapi::model {
namespace {

// AiiDA 1.x renamed type to node_type.
constexpr std::string_view newer = "db_dbnode.node_type";

// 0.x kept the states of calculations in a table of their own, of which the latest row counts.
// A state has some ten characters. jsonb may have kilobytes that are a gigabyte as text, and a list has 400 of them:
// databases give so many characters at most. substr() makes a text of SQLite's numbers, as PostgreSQL has it.
constexpr Expressions node_state = {
    Expression{
        "db_dbcalcstate.state",
        "substr(coalesce((SELECT s.state FROM @db_dbcalcstate AS s WHERE s.dbnode_id = n.id ORDER BY s.time DESC, s.id "
        "DESC LIMIT 1), n.attributes ->> 'state'), 1, 10000)"},
    // SQLite keeps JSON as any text: one malformed document would otherwise fail every list that it is in. What can be
    // mended is (store/sqlite/functions.hpp), and has the state that its attributes show.
    Expression{
        "json_valid.text",
        "substr(CASE WHEN json_valid(n.attributes) THEN coalesce(n.attributes ->> 'process_state', n.attributes "
        "->> 'state') ELSE coalesce(mended_json(n.attributes) ->> 'process_state', mended_json(n.attributes) ->> "
        "'state') END, 1, 10000)"},
    Expression{"", "substr(coalesce(n.attributes ->> 'process_state', n.attributes ->> 'state'), 1, 10000)"},
};

// A whole number in any of them: JSON's others are no exit status.
constexpr Expressions exit_status = {
    Expression{
        "json_valid.text",
        "(SELECT CASE WHEN json_type(d.mended, '$.exit_status') = 'integer' AND typeof(d.mended ->> 'exit_status') = "
        "'integer' THEN d.mended ->> 'exit_status' END FROM (SELECT CASE WHEN json_valid(n.attributes) THEN "
        "n.attributes ELSE mended_json(n.attributes) END AS mended) AS d)"},
    Expression{"",
               "CAST(CASE WHEN n.attributes ->> 'exit_status' ~ '^-?[0-9]{1,18}$' AND jsonb_typeof(n.attributes -> "
               "'exit_status') = 'number' THEN n.attributes ->> 'exit_status' END AS bigint)"},
};

// Both types in one text, as AiiDA's clients tell kinds of nodes apart; nothing where both are missing.
constexpr Expressions full_type = {
    Expression{"db_dbnode.node_type db_dbnode.process_type",
               "nullif(n.node_type || '|' || coalesce(n.process_type, ''), '|')"},
    Expression{newer, "nullif(n.node_type || '|', '|')"},
    Expression{"", "nullif(n.type || '|', '|')"},
};

constexpr Column columns[] = {
    {"computer_id", Type::integer, same("n.dbcomputer_id")},
    {"ctime", Type::datetime, same("n.ctime")},
    {"description", Type::text, moved("db_dbnode.description", "n.description", "CAST(NULL AS text)")},
    {"exit_status", Type::integer, exit_status},
    {"full_type", Type::text, full_type},
    {"id", Type::integer, same("n.id")},
    {"label", Type::text, same("n.label")},
    {"mtime", Type::datetime, same("n.mtime")},
    {"node_type", Type::text, moved(newer, "n.node_type", "n.type")},
    {"process_state", Type::text, node_state},
    {"process_type", Type::text, moved("db_dbnode.process_type", "n.process_type", "CAST(NULL AS text)")},
    {"user_id", Type::integer, same("n.user_id")},
    {"uuid", Type::uuid, same("n.uuid")},
};
static_assert(is_consistent(columns));

constexpr Document documents[] = {{"attributes", "n.attributes"}, {"extras", "n.extras"}};
constexpr Document further_documents[] = {
    {"repository_metadata", "n.repository_metadata", "db_dbnode.repository_metadata"}};

constexpr Resource node_kind(std::string_view name, Expressions kind) {
  return {name, "@db_dbnode AS n", "n.id", "n.uuid", Identity::uuid, columns, true, documents, further_documents, kind};
}

// The patterns are literals so that the database can plan with their true selectivity.
constexpr Resource resources[] = {
    node_kind("nodes", {}),
    node_kind("calculations", moved(newer, "n.node_type LIKE 'process.%'", "n.type LIKE 'calculation.%'")),
    node_kind("codes", moved(newer, "(n.node_type LIKE 'data.core.code.%' OR n.node_type LIKE 'data.code.%')",
                             "n.type LIKE 'code.%'")),
    node_kind("data",
              moved(newer,
                    "(n.node_type LIKE 'data.%' AND n.node_type NOT LIKE 'data.core.code.%' AND n.node_type NOT LIKE "
                    "'data.code.%')",
                    "n.type LIKE 'data.%'")),
    node_kind("structures",
              moved(newer, "(n.node_type LIKE 'data.core.structure.%' OR n.node_type LIKE 'data.structure.%')",
                    "n.type LIKE 'data.structure.%'")),
    node_kind("kpoints",
              moved(newer, "(n.node_type LIKE 'data.core.array.kpoints.%' OR n.node_type LIKE 'data.array.kpoints.%')",
                    "n.type LIKE 'data.array.kpoints.%'")),
    node_kind("bands",
              moved(newer, "(n.node_type LIKE 'data.core.array.bands.%' OR n.node_type LIKE 'data.array.bands.%')",
                    "n.type LIKE 'data.array.bands.%'")),
    node_kind("cifs", moved(newer, "(n.node_type LIKE 'data.core.cif.%' OR n.node_type LIKE 'data.cif.%')",
                            "n.type LIKE 'data.cif.%'")),
    node_kind("upfs", moved(newer, "(n.node_type LIKE 'data.core.upf.%' OR n.node_type LIKE 'data.upf.%')",
                            "n.type LIKE 'data.upf.%'")),
};

}  // namespace

std::span<Resource const> node_resources() { return resources; }

}  // namespace restapi::model
