// SPDX-License-Identifier: MIT
/// What a client prefers (RFC 7240), as far as this server knows it.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "http/message.hpp"

namespace restapi::http {

/// How old the total of an answer is, in seconds, where it is older than the rows.
inline constexpr std::string_view total_age_header = "X-Total-Age";

struct Preferences {
  bool server_timing = false;  ///< `server-timing`: the time of each stage
  bool exact_count = false;    ///< `count=exact`: no total that is older than the rows
};

Preferences preferences_of(std::vector<Header> const& headers);

/// What Preference-Applied says of them; empty: nothing.
std::string applied(Preferences const& preferences);

}  // namespace restapi::http
