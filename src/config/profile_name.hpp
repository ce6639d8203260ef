// SPDX-License-Identifier: MIT
/// Names of profiles, as they stand in addresses: /NAME/api/v2.
#pragma once

#include <string>
#include <string_view>

namespace restapi::config {

/// Why a profile cannot be called so: "must not be empty"; an empty text where it can. A name is one segment of a path
/// (RFC 3986 §3.3), percent-encoded as it needs: any UTF-8 but `/` and control characters, neither `.` nor `..`, which
/// clients resolve, nor the beginning of an address of the first profile: `api`, `content`, `socket.io`, `ws`.
std::string check_profile_name(std::string_view name);

}  // namespace restapi::config
