// SPDX-License-Identifier: MIT
/// From the databases that the options name to those that are served: found, each once, each under a name of its own,
/// each with the access rules of its section.
#pragma once

#include <string>
#include <vector>

#include "base/result.hpp"
#include "config/options.hpp"
#include "source/source.hpp"

namespace restapi::config {

struct ServedProfile {
  ProfileOptions options;     ///< `name` is never empty, and nobody else's; who may read is as its section says
  source::FoundSource found;  ///< not opened
  /// Other files that were named, and are this one by another path: for the log. They are not served.
  std::vector<std::string> same_files = {};
};

struct FoundProfiles {
  std::vector<ServedProfile> profiles;  ///< not for serving where there are mistakes
  std::vector<Error> mistakes;          ///< all of them, each with its place if it has one (ProfileOptions::place)
};

/// Finds each (source::find_sources), in the order of the options, with a folder's files in its place; at least one.
/// Who has no name in the options takes the source's. A file of a folder gives way to others: where its name is taken
/// it is called by its whole name, where it cannot be a name at all it is passed over.
///
/// One file is one profile (source/database_identity.hpp). It is served under the name that a person gave it (`-p`, a
/// section), else as a file that was named, else as one of a folder; of several of these that with a section comes
/// first. One database of PostgreSQL may be several profiles, if
/// the same people may read them.
///
/// A section holds for the profile that is served under its name, and for its own database (its source, else the
/// profile of AiiDA that is called so), under whatever name that is served.
///
/// What is not there or cannot be served is a profile all the same, with the name, the section and the path that it
/// would have (source::FoundSource::broken).
///
/// Mistakes: Code::source_refused, a sentence for the person at the terminal: a text cannot mean a database, two have
/// one name, a name cannot be in an address (config/profile_name.hpp), a folder has got a name, a file has got two
/// names, a section holds for nothing that is served, two sections or none hold where it must be one. A section without
/// a source that nothing is called like, and that AiiDA has no profile for, is one as well, unless all of several
/// databases are named by sections and none has nearly its name: it may be the mistyped section of one that is not.
FoundProfiles find_profiles(std::vector<ProfileOptions> const& profiles, std::vector<ProfileOptions> const& sections,
                            source::SourceContext const& context);

/// Whether one of them can be served, as far as finding tells. Error: Code::source_refused, with the reasons of all.
Result<Done> check_one_can_be_served(std::vector<ServedProfile> const& profiles);

/// Whether the access log, if it is opened at this path now, is none of the files that are served, nor what SQLite
/// keeps beside one of them (`-wal`, `-shm`, `-journal`), nor one with options or with keys, under whatever path: one
/// that is there is compared by device and inode, one that is missing by where it would be made. Opens nothing. Any
/// thread. Error: Code::source_refused.
Result<Done> check_log_apart(std::string const& path, Options const& options,
                             std::vector<ServedProfile> const& profiles);

}  // namespace restapi::config
