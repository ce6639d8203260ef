// SPDX-License-Identifier: MIT
/// Which version of the program this is: 0.1.0, or 0.1.0+3.g01feda9 between releases (cmake/version.cmake decides).
#pragma once

#include <string_view>

namespace restapi {

/// A function, so that another commit compiles its one file anew and nothing else.
std::string_view program_version();

}  // namespace restapi
