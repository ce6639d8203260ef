// SPDX-License-Identifier: MIT
/// The sections of the file, and the databases that each holds for.
#pragma once

#include "api/named_databases.hpp"
#include "api/options.hpp"
#include "base/result.hpp"
#include "store/source.hpp"

namespace restapi::api {

/// Gives each database the lock of its section, as served_profiles.hpp has it. Whoever has written a lock believes that
/// it is on; hence an error where a section holds for nothing, where two that say different things hold for one
/// database, where a file that had to take its whole name leaves the section of its short name to another, and where
/// two profiles that are one database of PostgreSQL may be read by different people.
Result<Done> apply_sections(NamedDatabases& databases, std::vector<ProfileOptions> const& sections,
                            store::Surroundings const& surroundings);

}  // namespace restapi::api
