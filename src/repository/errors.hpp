// SPDX-License-Identifier: MIT
/// What can be wrong with a repository, in words for clients, who do not learn where it lies. `detail` is for the log.
#pragma once

#include <string>

#include "base/error.hpp"

namespace restapi::repository {

Error missing_object(std::string detail);      ///< Code::no_such_object
Error damaged_object(std::string detail);      ///< Code::store_damaged
Error damaged_repository(std::string detail);  ///< Code::store_damaged
Error unavailable(std::string detail);         ///< Code::store_unavailable

/// What a system call has left in errno: Code::overloaded where the process has no more descriptors or memory, else
/// Code::store_unavailable.
Error unreadable(std::string const& what, int error);

}  // namespace restapi::repository
