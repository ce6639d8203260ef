// SPDX-License-Identifier: MIT
/// Scripts that the owner of a database runs, so that it writes down its changes. The server itself never does: it has
/// no statement that writes.
///
/// Made from the table in model/entity.hpp. Each is one transaction, may be run again, and says in its first lines how.
#pragma once

#include <string>
#include <string_view>

namespace restapi::sql::feed {

/// The version of what a setup installs; a reader refuses others.
inline constexpr int setup_version = 2;

/// For psql.
std::string postgresql_setup();
std::string postgresql_removal();

/// For sqlite3.
std::string sqlite_setup();
std::string sqlite_removal();

/// A script with each `«NAME»` replaced.
std::string filled(std::string_view script, std::string_view name, std::string_view text);

}  // namespace restapi::sql::feed
