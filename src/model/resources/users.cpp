// SPDX-License-Identifier: MIT
#include "model/resources/tables.hpp"

namespace restapi::model {
namespace {

// The password column of AiiDA 0.x has no row here and is therefore never read. A database role may be kept from
// reading addresses, too: what it may not read does not exist for it.
constexpr Column columns[] = {
    {"date_joined", Type::datetime, moved("db_dbuser.date_joined", "u.date_joined", "CAST(NULL AS timestamp)")},
    {"email", Type::text, moved("db_dbuser.email", "u.email", "CAST(NULL AS text)"), true},
    {"first_name", Type::text, same("u.first_name")},
    {"id", Type::integer, same("u.id")},
    {"institution", Type::text, same("u.institution")},
    {"is_active", Type::boolean, moved("db_dbuser.is_active", "u.is_active", "CAST(NULL AS boolean)"), true},
    {"last_login", Type::datetime, moved("db_dbuser.last_login", "u.last_login", "CAST(NULL AS timestamp)")},
    {"last_name", Type::text, same("u.last_name")},
};
static_assert(is_consistent(columns));

constexpr Resource resource{"users", "@db_dbuser AS u", "u.id", "", Identity::pk, columns, false};

}  // namespace

Resource const& users() { return resource; }

}  // namespace restapi::model
