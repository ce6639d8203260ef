// SPDX-License-Identifier: MIT
#include "model/resources/tables.hpp"

namespace restapi::model {
namespace {

constexpr Column columns[] = {
    {"description", Type::text, same("g.description")},
    {"id", Type::integer, same("g.id")},
    {"label", Type::text, moved("db_dbgroup.label", "g.label", "g.name")},
    {"type_string", Type::text, moved("db_dbgroup.type_string", "g.type_string", "g.type")},
    {"user_id", Type::integer, same("g.user_id")},
    {"uuid", Type::uuid, same("g.uuid")},
};
static_assert(is_consistent(columns));

constexpr Resource resource{"groups", "@db_dbgroup AS g", "g.id", "g.uuid", Identity::uuid, columns, false};

}  // namespace

Resource const& groups() { return resource; }

}  // namespace restapi::model
