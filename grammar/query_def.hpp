// SPDX-License-Identifier: MIT
/// The rules that put words together: literal, clause, query. For parse.cpp only (it brings in Spirit).
/// Nothing here calls itself, so the depth of the stack does not depend on the text.
#pragma once

#include <boost/fusion/include/adapt_struct.hpp>
#include <vector>

#include "grammar/lexical_def.hpp"

BOOST_FUSION_ADAPT_STRUCT(restapi::ast::Clause, key, comparison, literals)

namespace restapi::grammar {

constexpr auto keep_value = [](auto& context) { x3::_val(context).value = std::move(x3::_attr(context)); };

// Must match as a whole, so that a quote that is never closed is reported where it opens: reporting the end of the text
// would not help.
auto const insisted_string = &x3::lit('"') >> x3::expect[quoted_string];

x3::rule<struct literal_tag, ast::Literal> const literal = "literal";
auto const literal_def = x3::eps[set_offset(&ast::Literal::offset)] >>
                         (insisted_string[keep_value] | date_time[keep_value] | integer[keep_value] |
                          boolean[keep_value] | word[keep_value]);  // word last: it would take most of the others

x3::rule<struct literals_tag, std::vector<ast::Literal>> const literals = "literals";
auto const literals_def = x3::expect[literal] >> *(',' >> x3::expect[literal]);

x3::rule<struct end_of_clause_tag> const end_of_clause = "end_of_clause";
auto const end_of_clause_def = &x3::lit('&') | x3::eoi;

bool constexpr fill_members = true;  // from the parts in order, although there are actions as well
x3::rule<struct clause_tag, ast::Clause, fill_members> const clause = "clause";
auto const clause_def = (x3::eps[set_offset(&ast::Clause::offset)] >> key >>
                         x3::eps[set_offset(&ast::Clause::operator_offset)]) > comparison > literals > end_of_clause;

x3::rule<struct query_tag, std::vector<ast::Clause>> const query = "query";
auto const query_def = x3::eoi | (x3::expect[clause] >> *('&' >> !x3::eoi >> x3::expect[clause]) >> -x3::lit('&'));

BOOST_SPIRIT_DEFINE(literal, literals, end_of_clause, clause, query)

}  // namespace restapi::grammar
