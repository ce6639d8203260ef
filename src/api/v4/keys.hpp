// SPDX-License-Identifier: MIT
/// The keys of v4 that are no filters: one row per key, and where each acts.
#pragma once

#include <optional>
#include <span>
#include <string_view>

#include "api/v4/routes.hpp"
#include "base/error.hpp"
#include "query/clauses.hpp"
#include "query/vocabulary.hpp"

namespace restapi::api::v4 {

/// Which value follows the "=".
enum class ValueOf {
  number,  ///< an integer, from `least`
  names,   ///< names, with commas between them
  text,
  truth,  ///< true or false
};

struct Key {
  query::ReservedKey reserved;
  ValueOf value;
  bool (*acts_at)(RouteKind);    ///< elsewhere it is allowed and has no effect
  std::string_view spoken = {};  ///< what messages of AiiDA call a number: "Limit value"
  std::int64_t least = 0;
};

/// In the order of documents.
std::span<Key const> keys();
std::span<query::ReservedKey const> reserved_keys();  ///< the same

/// Requires a key of reserved_keys().
Key const& row_of(query::ReservedKey const& key);

/// Whether the answer is a list of rows: those take filters, an order, windows and pages.
bool is_list(RouteKind kind);

/// Whether the value of filename is all up to the next "&", with or without quotes around it, as AiiDA has it there.
bool has_plain_filename(RouteKind kind);

/// Keys that exclude each other. Of several errors the first in the order of docs/api-v4.md.
std::optional<Error> find_conflict(query::Clauses const& clauses, Found const& found);

/// Filters beside an id that names one object.
std::optional<Error> find_filters(query::Clauses const& clauses, Found const& found);

}  // namespace restapi::api::v4
