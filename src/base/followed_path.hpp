// SPDX-License-Identifier: MIT
/// Where a path leads, also where nothing is there yet.
#pragma once

#include <string>

namespace restapi {

/// The absolute path without links and dots, as far as links can be followed: where a file would be made, too. Looks at
/// links, opens nothing.
std::string followed_path(std::string const& written);

}  // namespace restapi
