// SPDX-License-Identifier: MIT
#include "source_path.hpp"

#include <filesystem>

namespace restapi::test {

std::string source_path(std::string const& name) { return (std::filesystem::path(RESTAPI_SOURCE_DIR) / name).string(); }

}  // namespace restapi::test
