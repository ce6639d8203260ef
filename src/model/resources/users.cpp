// SPDX-License-Identifier: MIT
#include "model/resources/tables.hpp"

namespace restapi::model {
namespace {

// The password column of AiiDA 0.x has no row here and is therefore never read. A database role may be kept from
// reading addresses, too: what it may not read does not exist for it.
constexpr Column columns[] = {
    {"date_joined", Type::datetime, Use::everywhere,
     moved("db_dbuser.date_joined", "u.date_joined", "CAST(NULL AS timestamp)"), "Date joined",
     "When the user was registered; null since AiiDA 1.0"},
    {"email", Type::text, Use::private_filter, moved("db_dbuser.email", "u.email", "CAST(NULL AS text)"), "E-mail",
     "E-mail address; never shown"},
    {"first_name", Type::text, Use::everywhere, same("u.first_name"), "First name", "First name of the user"},
    {"id", Type::integer, Use::everywhere, same("u.id"), "Id", "Id of the object"},
    {"institution", Type::text, Use::everywhere, same("u.institution"), "Institution", "Institution of the user"},
    {"is_active", Type::boolean, Use::private_filter,
     moved("db_dbuser.is_active", "u.is_active", "CAST(NULL AS boolean)"), "Active",
     "Whether the user is active; never shown"},
    {"last_login", Type::datetime, Use::filter_only,
     moved("db_dbuser.last_login", "u.last_login", "CAST(NULL AS timestamp)"), "Last login",
     "Last login of the user; only for filters"},
    {"last_name", Type::text, Use::everywhere, same("u.last_name"), "Last name", "Last name of the user"},
};
static_assert(is_consistent(columns));

constexpr Resource resource{
    "users", "User", "People who own nodes and groups", "@db_dbuser AS u", "u.id", "", Identity::pk, columns, false};

}  // namespace

Resource const& users() { return resource; }

}  // namespace restapi::model
