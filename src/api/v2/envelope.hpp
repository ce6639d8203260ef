// SPDX-License-Identifier: MIT
/// The JSON around the data, and the headers beside it, as docs/api-v2.md says.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "api/http_message.hpp"
#include "api/public_address.hpp"
#include "api/target.hpp"

namespace restapi::api::v2 {

/// What an answer says: JSON text for `data`, and the facts around it.
struct Answered {
  std::string data;                     ///< one JSON value without white space
  std::string_view resource_type;       ///< "nodes"
  std::optional<std::int64_t> pk = {};  ///< of the object that the path names
  std::int64_t total = 1;               ///< X-Total-Counts
  std::string link = {};                ///< Link; empty: none
};

/// {"data":…,"method":"GET","path":…,"pk":…,"query_string":…,"resource_type":…,"url":…,"url_root":…}
Response render(Answered answered, Target const& target, PublicAddress const& address);

}  // namespace restapi::api::v2
