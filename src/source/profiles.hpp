// SPDX-License-Identifier: MIT
/// AiiDA's profiles: where its `config.json` is, and which database a profile of it means.
#pragma once

#include <optional>
#include <string>

#include "base/result.hpp"

namespace restapi::source {

/// What a profile's storage is, ready to be opened.
struct Profile {
  enum class Storage { postgresql, sqlite_file, archive };
  Storage storage = Storage::postgresql;
  std::string name;
  std::string location;        ///< a URI (source/postgresql_uri.hpp; may hold a password) or a path
  std::string description;     ///< for people: `profile main (postgresql database aiida on localhost)`
  std::string container = {};  ///< folder with the files of nodes; empty: they are in the archive, or there are none
};

/// The path where AiiDA looks for its configuration: the first folder of $AIIDA_PATH (separated by colons, `.aiida`
/// added unless it is there) that exists, else the last one; without $AIIDA_PATH `~/.aiida`. The file may be missing.
/// As aiida-core does it (manage/configuration/settings.py).
std::string configuration_file(std::optional<std::string> const& aiida_path, std::string const& home);

/// `~/x` with the home in place of `~`; other texts unchanged.
std::string expand_home(std::string const& path, std::string const& home);

/// The profile called `name` in the text of a config.json; `file` is what messages call it.
/// Reads the storages core.psql_dos, core.sqlite_dos and core.sqlite_zip of AiiDA 2.x, and the AIIDADB_… keys of
/// AiiDA 0.x and 1.x. Pure; never quotes a value other than the names of profiles and storages.
/// Errors: Code::source_refused, with Error::lasting; the hint names the known profiles.
Result<Profile> find_profile(std::string const& config_json, std::string const& name, std::string const& file);

/// Whether the text of a config.json names such a profile; no, where it cannot be read.
bool names_profile(std::string const& config_json, std::string const& name);

/// The same as find_profile for the default profile.
/// Errors: Code::source_refused, also where the file names no default; the hint names the known profiles.
Result<Profile> find_default_profile(std::string const& config_json, std::string const& file);

}  // namespace restapi::source
