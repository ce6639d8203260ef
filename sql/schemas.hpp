// SPDX-License-Identifier: MIT
#pragma once

#include <string>

#include "sql/statement.hpp"

namespace restapi::sql {

/// As Dialect::schemas() of PostgreSQL, with that search path instead of the role's own, written as for SET:
/// `"$user", public`. The statement fails where it cannot be read.
Statement schemas_on(std::string search_path);

}  // namespace restapi::sql
