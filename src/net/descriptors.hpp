// SPDX-License-Identifier: MIT
/// How many descriptors the process may have, and who may have them: clients and databases have a share each, so that a
/// crowd of clients never keeps a database from being opened.
#pragma once

#include <cstddef>

namespace restapi::net {

/// Raises the limit on open files (RLIMIT_NOFILE) to the most that the process may give itself, and returns it. Nothing
/// here uses select(2), which is what the lower limit is for.
std::size_t raise_descriptor_limit();

/// With fewer there is no room for a database, a few clients and the process itself.
inline constexpr std::size_t least_descriptors = 64;

/// What may be open at once, at most.
struct Places {
  std::size_t clients;      ///< connections from clients
  std::size_t databases;    ///< databases
  std::size_t connections;  ///< connections to each of them
};

/// What there is room for of what is wanted, each one or more. Databases come first, with half of what is not needed
/// for everything else (files, connections that are accepted beyond the limit when the server stops): fewer of them,
/// where all do not fit, and fewer connections to each, where not even one of them fits.
Places places_within(std::size_t descriptors, Places const& wanted);

}  // namespace restapi::net
