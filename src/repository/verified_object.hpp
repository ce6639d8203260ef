// SPDX-License-Identifier: MIT
/// Whether the bytes of an object are those that its hash was made of.
#pragma once

#include <memory>
#include <string_view>

#include "base/result.hpp"
#include "repository/object.hpp"

namespace restapi::repository {

/// The same object, hashed while it is read (SHA-256 or, with 40 digits, SHA-1: 1 to 2 ns a byte). Who reads it from
/// its beginning to its end gets Code::store_damaged in place of the last bytes where the hash is another; what is
/// skipped or ends early is not compared. Has no file_range(). Requires: it is at its beginning. Errors:
/// Code::overloaded; store_damaged where the hash is neither.
Result<std::unique_ptr<Object>> verified(std::unique_ptr<Object> object, std::string_view hash);

}  // namespace restapi::repository
