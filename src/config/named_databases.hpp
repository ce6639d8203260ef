// SPDX-License-Identifier: MIT
/// What was found, on its way to being served: each database once, each under a name of its own.
#pragma once

#include <set>
#include <string>
#include <vector>

#include "base/error.hpp"
#include "config/options.hpp"
#include "source/database_identity.hpp"
#include "source/source.hpp"

namespace restapi::config {

/// Who has called the database what it is called; of two names for one file that which is further below counts.
enum class Naming { by_folder, by_file, by_person };

struct NamedDatabase {
  ProfileOptions options;  ///< with the name
  source::FoundSource found;
  source::DatabaseIdentity identity;
  Naming naming = Naming::by_person;
  std::set<std::string> other_names = {};  ///< under which it would be served, had it not been named otherwise as well
  std::vector<std::string> same_files = {};  ///< its other paths
};

using NamedDatabases = std::vector<NamedDatabase>;

/// Of files that are one, one stays: that with the name that counts, else with a `preferred` name, else the first. A
/// mistake: a person has given one file two names.
void keep_each_once(NamedDatabases& databases, std::set<std::string> const& preferred, std::vector<Error>& mistakes);

/// Names as served_profiles.hpp has it; what cannot be a name in a folder goes. A mistake: two have one name, or it
/// cannot be one.
void give_names(NamedDatabases& databases, std::vector<Error>& mistakes);

}  // namespace restapi::config
