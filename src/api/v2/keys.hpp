// SPDX-License-Identifier: MIT
/// The keys of v2 that are no filters: one row per key, and where each may stand.
#pragma once

#include <optional>
#include <span>
#include <string_view>

#include "api/v2/routes.hpp"
#include "base/error.hpp"
#include "query/clauses.hpp"
#include "query/vocabulary.hpp"

namespace restapi::api::v2 {

struct Key {
  query::ReservedKey reserved;
  bool (*belongs_to)(RouteKind);
  std::string_view place;         ///< where it may stand, for people
  std::string_view accepts;       ///< what follows the '=', for people
  std::string_view example = {};  ///< of the values of keys that v2 reads itself
};

/// In the order of documents.
std::span<Key const> keys();
std::span<query::ReservedKey const> reserved_keys();  ///< the same

/// Keys of AiiDA's newer API, of its databases and of other APIs.
std::span<query::Misnomer const> misnomers();

/// Whether the answer is a list of rows: those take limit, offset, pages, an order and filters.
bool is_list(RouteKind kind);

/// Whether filters may be given: of what is_list(), of graphs and of facets.
bool has_filters(RouteKind kind);

/// Keys that exclude each other, or are not allowed here. Of several errors the first in the order of docs/errors.md.
std::optional<Error> find_conflict(query::Clauses const& clauses, RouteKind kind, bool has_page);

}  // namespace restapi::api::v2
