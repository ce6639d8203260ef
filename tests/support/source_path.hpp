// SPDX-License-Identifier: MIT
/// Where the sources lie, for tests that read a page, a schema or a fixture.
#pragma once

#include <string>

namespace restapi::test {

/// The absolute path of what is named from the top of the source folder, such as "sql/schema/sqlite_gen2.sql"; an
/// absolute path stays. The name of the folder is compiled into one file only: ccache serves all others to a checkout
/// at another place.
std::string source_path(std::string const& name);

}  // namespace restapi::test
