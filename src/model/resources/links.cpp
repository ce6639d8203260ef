// SPDX-License-Identifier: MIT
#include "model/resources/tables.hpp"

namespace restapi::model {
namespace {

constexpr Column columns[] = {
    {"id", Type::integer, same("l.id")},
    {"label", Type::text, same("l.label")},
    {"type", Type::text, same("l.type")},
};
static_assert(is_consistent(columns));

constexpr Resource resource{"links", "@db_dblink AS l", "l.id", "", Identity::pk, columns, false};

}  // namespace

Resource const& links() { return resource; }

}  // namespace restapi::model
