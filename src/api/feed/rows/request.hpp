// SPDX-License-Identifier: MIT
/// What clients say at the door "rows".
#pragma once

#include <optional>
#include <string_view>

#include "api/feed/rows/table.hpp"

namespace restapi::api::feed::rows {

struct PageRequest {
  bool removes = false;          ///< the page is left; otherwise it is asked for, and a former one is left
  Table const* table = nullptr;  ///< null: there is no such page
};

/// `{"page":"table","table_id":1}`, `{"remove_page":"table","table_id":"nodes"}`. Nothing: it is none of these.
std::optional<PageRequest> read_request(std::string_view message);

}  // namespace restapi::api::feed::rows
