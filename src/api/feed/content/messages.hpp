// SPDX-License-Identifier: MIT
/// What is said at the door "content" (docs/live-feed.md).
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "api/feed/log.hpp"

namespace restapi::api::feed::content {

/// What somebody wants to hear.
struct Wanted {
  std::optional<std::string> path = "";  ///< that entry, and what is below it; nothing: no entry
  bool has_cursor = false;               ///< messages end with a cursor
};

/// Whether somebody without a cursor has to read anew: something in the entry of the log cannot be told.
bool needs_resnapshot(Entry const& entry, Wanted const& wanted);

/// As JSON, in the order in which they are to be sent. The entry of the log must have details.
std::vector<std::string> messages_of(Entry const& entry, Wanted const& wanted);

/// `{"instruction":"Listen","path":"/nodes"}`, `{"instruction":"Unlisten"}`.
struct Instruction {
  bool listens = false;
  std::optional<std::string> path = {};  ///< as it was sent
};

/// Nothing: it is none of these.
std::optional<Instruction> read_instruction(std::string_view message);

/// `cursor`: null: without.
std::string answer(Instruction const& instruction, int status, store::Cursor const* cursor);

/// "Connected", "Disconnected", "Settled", "Resnapshot". `id`, `source` (how changes are learnt, store::name_of):
/// empty: without.
std::string instruction(std::string_view id, int status, std::string_view name, store::Cursor const* cursor,
                        std::string_view source = {});

}  // namespace restapi::api::feed::content
