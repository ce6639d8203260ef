// SPDX-License-Identifier: MIT
#include "model/resources/tables.hpp"

namespace restapi::model {
namespace {

constexpr std::string_view newer = "db_dbgroup.label";

constexpr Column columns[] = {
    {"description", Type::text, Use::everywhere, same("g.description"), "Description", "Description of the group"},
    {"id", Type::integer, Use::everywhere, same("g.id"), "Id", "Id of the object"},
    {"name", Type::text, Use::everywhere, moved(newer, "g.label", "g.name"), "Name", "Name of the group"},
    {"type", Type::text, Use::everywhere, moved("db_dbgroup.type_string", "g.type_string", "g.type"), "Type",
     "Type of the group"},
    {"user_id",
     Type::integer,
     Use::everywhere,
     same("g.user_id"),
     "Id of owner",
     "Id of the user who made the group",
     {"users", "id"}},
    {"uuid", Type::uuid, Use::everywhere, same("g.uuid"), "Unique ID", "Universally unique identifier"},
};
static_assert(is_consistent(columns));

constexpr Resource resource{"groups",           "Group", "Named collections of nodes",
                            "@db_dbgroup AS g", "g.id",  "g.uuid",
                            Identity::uuid,     columns, false};

}  // namespace

Resource const& groups() { return resource; }

}  // namespace restapi::model
