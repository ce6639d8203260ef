// SPDX-License-Identifier: MIT
/// The tables that the setup guards, for statements.
#pragma once

#include <string>

#include "model/entity.hpp"

namespace restapi::sql::feed {

/// A value: {db_dbnode,db_dblink,…}
inline std::string aiida_tables() {
  std::string tables = "{";
  tables += model::state_table;
  for (auto const& entity : model::entities()) {
    tables += ',';
    tables += entity.table;
  }
  return tables + '}';
}

}  // namespace restapi::sql::feed
