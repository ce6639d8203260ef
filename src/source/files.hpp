// SPDX-License-Identifier: MIT
/// Files that may be databases, found by their first bytes; and why one cannot be served.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/error.hpp"
#include "base/result.hpp"
#include "source/source.hpp"

namespace restapi::source {

/// What is in the folder of a profile of core.sqlite_dos: the database, and the files of its nodes. Those of a profile
/// of core.psql_dos are in a folder of the same name.
inline constexpr std::string_view database_of_profile = "database.sqlite", container_of_profile = "container";

/// `mc3d.aiida`, `x.sqlite`, …
bool has_ending_of_database(std::string_view text);

/// Error::lasting of a file that cannot be opened; empty where nothing that lasts can be seen.
std::string lasting_reason_of_file(std::string const& path);

/// An archive or an SQLite file. Error source_refused, with Error::lasting.
Result<FoundSource> recognise(std::string const& path);

/// The same, also where nothing that can be served is there (FoundSource::broken).
FoundSource find_file(std::string const& path);

/// What stays as it is until the program is started again.
FoundSource broken_source(std::string name, std::string description, Error reason);

/// The databases of a folder, in order, as find_sources() has them; at least one, which may be the folder that is
/// broken.
std::vector<FoundSource> find_folder(std::string const& folder);

}  // namespace restapi::source
