// SPDX-License-Identifier: MIT
/// `restapi --check`: opens whatever a start would open, without changing anything, and says what is wrong.
#pragma once

#include <vector>

#include "app/store_opener.hpp"
#include "config/options.hpp"
#include "config/served_profiles.hpp"

namespace restapi::app {

// In the words of a start, too:
inline constexpr char const* another_address = "-H and -P choose another address";
inline constexpr char const* another_admin_address = "--admin-hostname and --admin-port choose another address";
inline constexpr char const* cannot_open_access_log = "the access log cannot be opened: ";

/// Opens all that would be served, one after the other, with a line for each on standard output. Then listens at both
/// addresses for a moment, but not at the first where the socket is inherited, and looks whether the access log can be
/// written. Returns the exit code: `not_ready` where something is wrong.
int check(std::vector<config::ServedProfile> const& profiles, StoreOpener const& opener, config::Options const& options,
          bool is_inherited);

}  // namespace restapi::app
