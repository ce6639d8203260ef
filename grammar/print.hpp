/// Canonical text of a query: the inverse of parse, so parse(print(q)) == q up to offsets.
#pragma once

#include <string>
#include <string_view>

#include "grammar/ast.hpp"

namespace restapi::grammar {

std::string print(ast::Query const& query);

/// "=like=" for Operator::like, as written in a query.
std::string_view print(ast::Operator comparison);

}  // namespace restapi::grammar
