// SPDX-License-Identifier: MIT
#include "model/resources/tables.hpp"

namespace restapi::model {
namespace {

constexpr Column columns[] = {
    {"description", Type::text, same("c.description")},
    // Always true since AiiDA 1.0.
    {"enabled", Type::boolean, moved("db_dbcomputer.enabled", "c.enabled", "CAST(true AS boolean)")},
    {"hostname", Type::text, same("c.hostname")},
    {"id", Type::integer, same("c.id")},
    {"label", Type::text, moved("db_dbcomputer.label", "c.label", "c.name")},
    {"scheduler_type", Type::text, same("c.scheduler_type")},
    // Always {} since AiiDA 1.0.
    {"transport_params", Type::text,
     moved("db_dbcomputer.transport_params", "CAST(c.transport_params AS text)", "CAST('{}' AS text)")},
    {"transport_type", Type::text, same("c.transport_type")},
    {"uuid", Type::uuid, same("c.uuid")},
};
static_assert(is_consistent(columns));

constexpr Document documents[] = {{"metadata", "c.metadata", "db_dbcomputer.metadata"}};

constexpr Resource resource{"computers", "@db_dbcomputer AS c", "c.id", "c.uuid", Identity::uuid, columns, false,
                            documents};

}  // namespace

Resource const& computers() { return resource; }

}  // namespace restapi::model
