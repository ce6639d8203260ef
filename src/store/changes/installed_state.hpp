// SPDX-License-Identifier: MIT
/// Whether what a PostgreSQL database writes down of its changes can be relied on.
#pragma once

#include <string>

#include "base/result.hpp"
#include "sql/feed/changes.hpp"
#include "store/rows.hpp"

namespace restapi::store {

struct InstalledState {
  sql::feed::Role role = sql::feed::Role::primary;
  std::string epoch = {};    ///< with the database and its timeline
  std::string why_not = {};  ///< empty: it can; else a sentence for the log
};

/// `row`: of sql::feed::postgresql_state(), which has one.
InstalledState installed_state(Rows const& row);

/// Where it has none. `is_there`: whether there is a schema of its name.
InstalledState not_installed(bool is_there);

}  // namespace restapi::store
