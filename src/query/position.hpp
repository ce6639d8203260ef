// SPDX-License-Identifier: MIT
/// A position in the order of a list as clients send it back: `after=…`. It holds what the row has in each term of the
/// order, so the next rows cost the same wherever it is, and no row has to be there any more.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "query/clauses.hpp"
#include "query/order.hpp"

namespace restapi::query {

/// Tells lists apart: the resource, its filters and their order, not how many rows are wanted or what is shown of them.
std::uint64_t list_mark(std::string_view resource, Clauses const& clauses);

/// Letters, digits, '_' and '-'; begins with a letter.
std::string position_token(std::uint64_t list_mark, Position const& position);

/// Nothing: it is no such text, or one of another list. `terms`: of the order.
std::optional<Position> read_position(std::string_view token, std::uint64_t list_mark, std::size_t terms);

/// What fits into the URL of the next page, beside the query.
inline constexpr std::size_t longest_token = 4096;

}  // namespace restapi::query
