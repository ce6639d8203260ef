/// From the databases that the options name to those that are served: found, each under a name of its own.
#pragma once

#include <vector>

#include "api/options.hpp"
#include "base/result.hpp"
#include "store/source.hpp"

namespace restapi::api {

struct ServedProfile {
  ProfileOptions options;    ///< `name` is never empty, and nobody else's
  store::FoundSource found;  ///< not opened
};

/// Finds each (store::find_sources), in the order of the options, with a folder's files in its place; at least one. Who
/// has no name in the options takes the source's. A file of a folder gives way to others: where its name is taken it is
/// called by its whole name, where it cannot be a name at all it is passed over. Errors: Code::source_refused, a
/// sentence for the person at the terminal: a database is not found, two have one name, a name cannot be in an address
/// (api/profile_name.hpp), a folder has got a name.
Result<std::vector<ServedProfile>> find_profiles(std::vector<ProfileOptions> const& profiles,
                                                 store::Surroundings const& surroundings);

}  // namespace restapi::api
