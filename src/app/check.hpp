// SPDX-License-Identifier: MIT
/// What `restapi --check` tries beside the databases: whatever else a start would open, without changing anything.
#pragma once

#include <vector>

#include "base/error.hpp"
#include "config/options.hpp"

namespace restapi::app {

// In the words of a start, too:
inline constexpr char const* another_address = "-H and -P choose another address";
inline constexpr char const* another_admin_address = "--admin-hostname and --admin-port choose another address";
inline constexpr char const* cannot_open_access_log = "the access log cannot be opened: ";

/// Listens at both addresses for a moment, but not at the first where the socket is inherited, and looks whether the
/// access log can be written. Each reason against it is Code::source_refused.
std::vector<Error> check_surroundings(config::Options const& options, bool is_inherited);

}  // namespace restapi::app
