// SPDX-License-Identifier: MIT
/// The sections of the file, and the databases that each holds for.
#pragma once

#include "base/error.hpp"
#include "config/named_databases.hpp"
#include "config/options.hpp"
#include "source/source.hpp"

namespace restapi::config {

/// Gives each database the access rules of its section, as served_profiles.hpp says. Whoever has written a section
/// relies on it; so it is a mistake where a section holds for nothing, where two that say different things hold for one
/// database, where a file that had to take its whole name leaves the section of its short name to another, and where
/// two profiles that are one database of PostgreSQL may be read by different people.
void apply_sections(NamedDatabases& databases, std::vector<ProfileOptions> const& sections,
                    source::SourceContext const& context, std::vector<Error>& mistakes);

}  // namespace restapi::config
