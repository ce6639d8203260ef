// SPDX-License-Identifier: MIT
#include "model/resources/tables.hpp"

namespace restapi::model {
namespace {

constexpr Column columns[] = {
    {"id", Type::integer, same("o.id")},
    {"levelname", Type::text, same("o.levelname")},
    {"loggername", Type::text, same("o.loggername")},
    {"message", Type::text, same("o.message")},
    {"time", Type::datetime, same("o.time")},
};
static_assert(is_consistent(columns));

constexpr Document documents[] = {{"metadata", "o.metadata", "db_dblog.metadata"}};

constexpr Resource resource{"logs", "@db_dblog AS o", "o.id", "", Identity::pk, columns, false, documents};

}  // namespace

Resource const& logs() { return resource; }

}  // namespace restapi::model
