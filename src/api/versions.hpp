// SPDX-License-Identifier: MIT
/// Which versions of the API there are.
#pragma once

#include <span>
#include <string_view>

#include "api/version.hpp"

namespace restapi::api {

/// What of them is offered.
struct Offered {
  bool posting = true;  ///< without it, paths that are posted to are no endpoints
  bool pages = false;   ///< for browsers; without them, these get indented JSON
  bool feed = false;    ///< changes are told by /api/v2/events, to which pages listen
};

/// The first one answers where an address names no version.
std::span<ApiVersion const* const> versions(Offered offered = {});

/// The version whose prefix the path begins with, or the first.
ApiVersion const& version_of(std::span<ApiVersion const* const> versions, std::string_view path);

}  // namespace restapi::api
