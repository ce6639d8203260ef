// SPDX-License-Identifier: MIT
#include "model/resources/tables.hpp"

namespace restapi::model {
namespace {

constexpr Column columns[] = {
    {"content", Type::text, same("k.content")},    {"ctime", Type::datetime, same("k.ctime")},
    {"id", Type::integer, same("k.id")},           {"mtime", Type::datetime, same("k.mtime")},
    {"user_id", Type::integer, same("k.user_id")}, {"uuid", Type::uuid, same("k.uuid")},
};
static_assert(is_consistent(columns));

constexpr Resource resource{"comments", "@db_dbcomment AS k", "k.id", "k.uuid", Identity::uuid, columns, false};

}  // namespace

Resource const& comments() { return resource; }

}  // namespace restapi::model
