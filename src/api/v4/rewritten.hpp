// SPDX-License-Identifier: MIT
/// What v4 takes and the language of all versions does not, as that language says it: numbers and times in quotes,
/// numbers with a point, names of AiiDA 1, orders in quotes. Pure.
#pragma once

#include <optional>

#include "api/v4/keys.hpp"
#include "base/error.hpp"
#include "grammar/ast.hpp"
#include "query/clauses.hpp"
#include "query/view.hpp"

namespace restapi::api::v4 {

/// Rewrites the filters of a query about rows of the view, and the values of reserved keys. What it does not understand
/// stays, for the planner to complain of.
void rewrite(ast::Query& query, query::View const& view);

/// Of what was rewritten: a date or time that does not exist.
std::optional<Error> find_impossible_time(ast::Query const& query);

/// A reserved key that takes a number and has none, or a too small one. Only keys that act at the route.
std::optional<Error> find_no_number(query::Clauses const& clauses, RouteKind kind);

}  // namespace restapi::api::v4
