// SPDX-License-Identifier: MIT
#include "model/resources/tables.hpp"

namespace restapi::model {
namespace {

constexpr Column columns[] = {
    {"description", Type::text, same("g.description")},
    {"id", Type::integer, same("g.id")},
    {"label", Type::text, moved("db_dbgroup.label", "g.label", "g.name")},
    // Nothing where the role may not see which nodes are in groups.
    {"node_count", Type::integer,
     moved("db_dbgroup_dbnodes.dbgroup_id", "(SELECT count(*) FROM @db_dbgroup_dbnodes AS m WHERE m.dbgroup_id = g.id)",
           "CAST(NULL AS bigint)")},
    {"time", Type::datetime, moved("db_dbgroup.time", "g.time", "CAST(NULL AS timestamp)")},
    {"type_string", Type::text, moved("db_dbgroup.type_string", "g.type_string", "g.type")},
    {"user_id", Type::integer, same("g.user_id")},
    {"uuid", Type::uuid, same("g.uuid")},
};
static_assert(is_consistent(columns));

constexpr Document documents[] = {{"extras", "g.extras", "db_dbgroup.extras"}};

constexpr Resource resource{"groups", "@db_dbgroup AS g", "g.id", "g.uuid", Identity::uuid, columns, false, documents};

}  // namespace

Resource const& groups() { return resource; }

}  // namespace restapi::model
