// SPDX-License-Identifier: MIT
/// Methods that an address takes, as Allow lists them (RFC 9110 §10.2.1): "GET, HEAD, OPTIONS".
#pragma once

#include <string>
#include <string_view>

namespace restapi::api {

/// Of an address that is only read.
inline constexpr std::string_view reading_methods = "GET, HEAD, OPTIONS";

/// Whether the list names the method, which is case-sensitive (§9.1).
bool names_method(std::string_view methods, std::string_view method);

/// "GET, HEAD or OPTIONS"
std::string spoken_methods(std::string_view methods);

}  // namespace restapi::api
