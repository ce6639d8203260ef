// SPDX-License-Identifier: MIT
/// How many clients, databases and connections the system has room for.
#pragma once

#include <cstddef>

#include "base/result.hpp"
#include "config/options.hpp"
#include "net/descriptors.hpp"

namespace restapi::app {

/// As many as were asked for, or else as there is room for; what is less is logged. Raises the limit on descriptors.
/// Error: source_refused, where there is no room at all.
Result<net::Places> places_for(config::Options const& options, std::size_t profiles);

}  // namespace restapi::app
