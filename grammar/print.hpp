// SPDX-License-Identifier: MIT
/// Canonical text of a query: the inverse of parse, so parse(print(q)) == q up to offsets.
#pragma once

#include <string>
#include <string_view>

#include "grammar/ast.hpp"

namespace restapi::grammar {

/// Requires a query that parse could have given: a Word spelled 45 would come back as an Integer.
std::string print(ast::Query const& query);

/// user.first_name: the key and what is behind it.
std::string print_key(ast::Clause const& clause);

/// "water" with its quotes, 45, true, 2016-04-23T05:45+03:45, -ctime.
std::string print(ast::Literal const& literal);

/// "=like=" for Operator::like, as written in a query.
std::string_view print(ast::Operator comparison);

}  // namespace restapi::grammar
