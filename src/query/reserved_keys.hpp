// SPDX-License-Identifier: MIT
/// The keys that are no filters: one row per key.
#pragma once

#include <span>
#include <string_view>

#include "query/request.hpp"

namespace restapi::query {

/// The key that is ignored everywhere: browsers' libraries add it to get round caches.
inline constexpr std::string_view ignored_key = "_";

struct ReservedKey {
  std::string_view name;
  bool (*belongs_to)(Scope);
  std::string_view place;    ///< where it may stand, for people
  std::string_view accepts;  ///< what follows the '=', for people
};

/// Every reserved key, in the order of documents.
std::span<ReservedKey const> reserved_keys();

ReservedKey const* find_reserved_key(std::string_view name);

/// Whether the scope's answer is a list of rows: those take limit, offset, pages, an order and filters.
bool is_list(Scope scope);

}  // namespace restapi::query
