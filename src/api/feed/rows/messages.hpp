// SPDX-License-Identifier: MIT
/// What is said at the door "rows" (docs/live-feed.md).
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "api/feed/log.hpp"
#include "api/feed/rows/table.hpp"

namespace restapi::api::feed::rows {

/// Rows of one message.
inline constexpr std::size_t most_rows = 100;

/// What somebody wants to hear.
struct Wanted {
  Table const* table = nullptr;  ///< of the page; null: no page
  bool has_cursor = false;       ///< messages end with a cursor
};

/// Whether somebody without a cursor has to read anew: something in the entry cannot be told.
bool needs_resnapshot(Entry const& entry, Wanted const& wanted);

/// As JSON, in the order in which they are to be sent. `origin`: changes that it has made are left out; empty: none.
std::vector<std::string> messages_of(Entry const& entry, Wanted const& wanted, std::string_view origin = {});

/// `web_socket_id`: empty where the token is not accepted.
std::string authentication(std::string_view web_socket_id);

/// `cursor`: null: without.
std::string page_add(Table const& table, store::Cursor const* cursor);
std::string page_discard(Table const& table);
/// `source`: how changes are learnt (store::name_of), at the start; else empty.
std::string settled(store::Cursor const& cursor, std::string_view source = {});
std::string resnapshot(store::Cursor const& cursor, std::string_view source = {});

}  // namespace restapi::api::feed::rows
