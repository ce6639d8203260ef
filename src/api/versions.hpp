// SPDX-License-Identifier: MIT
/// Which versions of the API there are.
#pragma once

#include <span>
#include <string_view>

#include "api/version.hpp"

namespace restapi::api {

/// What clients may send to be answered.
enum class Posting {
  allowed,
  refused,  ///< paths that are posted to are no endpoints
};

/// The first one answers where an address names no version.
std::span<ApiVersion const* const> versions(Posting posting = Posting::allowed);

/// The version whose prefix the path begins with, or the first.
ApiVersion const& version_of(std::span<ApiVersion const* const> versions, std::string_view path);

}  // namespace restapi::api
