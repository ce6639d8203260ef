/// How many descriptors the process may have, and what is left of them for connections.
#pragma once

#include <cstddef>

namespace restapi::api {

/// Raises the limit on open files (RLIMIT_NOFILE) to the most that the process may give itself, and returns it. Nothing
/// here uses select(2), which is what the lower limit is for.
std::size_t raise_descriptor_limit();

/// Connections that leave enough descriptors for everything else: the database's, one or a few for each worker; files;
/// and connections that are accepted beyond the limit when the server stops.
std::size_t connections_within(std::size_t descriptors, unsigned workers);

}  // namespace restapi::api
