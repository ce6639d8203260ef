// SPDX-License-Identifier: MIT
/// The rules that put words together: literal, clause, group, query. For parse.cpp only (it brings in Spirit).
/// A group may stand in a group, max_depth deep: nothing else makes the stack deeper.
#pragma once

#include <boost/fusion/include/adapt_struct.hpp>
#include <vector>

#include "grammar/lexical_def.hpp"
#include "grammar/parse.hpp"

BOOST_FUSION_ADAPT_STRUCT(restapi::ast::Clause, key, path, comparison, literals)

namespace restapi::grammar {

struct group_depth;  ///< context: in how many groups this place is

constexpr auto keep_value = [](auto& context) { x3::_val(context).value = std::move(x3::_attr(context)); };

x3::rule<struct literal_tag, ast::Literal> const literal = "literal";
auto const literal_def = x3::eps[set_offset(&ast::Literal::offset)] >>
                         (insisted_string[keep_value] | date_time[keep_value] | integer[keep_value] |
                          boolean[keep_value] | star[keep_value] | path_in_quotes[keep_value] |
                          word[keep_value]);  // word last: it would take most of the others

x3::rule<struct literals_tag, std::vector<ast::Literal>> const literals = "literals";
constexpr auto keep_literal = [](auto& context) { x3::_val(context).push_back(std::move(x3::_attr(context))); };
auto const last_comma = if_lenient >> ',' >> (&(x3::lit('&') | '|' | ')') | x3::eoi);
auto const more_literals = ',' >> x3::expect[literal][keep_literal] >>
                           *(!last_comma >> ',' >> x3::expect[literal][keep_literal]) >> -last_comma;
auto const literals_def = x3::expect[literal][keep_literal] >> -more_literals;

x3::rule<struct path_tag, std::vector<ast::Step>> const path = "path";
auto const path_def = *('.' >> x3::expect[step]);

x3::rule<struct end_of_clause_tag> const end_of_clause = "end_of_clause";
auto const end_of_clause_def = &(x3::lit('&') | '|' | ')') | x3::eoi;

bool constexpr fill_members = true;  // from the parts in order, although there are actions as well
x3::rule<struct clause_tag, ast::Clause, fill_members> const clause = "clause";
auto const clause_def = (x3::eps[set_offset(&ast::Clause::offset)] >> key >> path >>
                         x3::eps[set_offset(&ast::Clause::operator_offset)]) > comparison > literals > end_of_clause;

// Nothing is behind which a list begins at its beginning: the only key without a value.
constexpr auto keep_beginning = [](auto& context) {
  auto& kept = x3::_val(context);
  kept.key = "after";
  kept.comparison = ast::Operator::equal;
  kept.literals.emplace_back().offset = kept.operator_offset + 1;  // an empty string
};
x3::rule<struct beginning_tag, ast::Clause> const beginning = "beginning";
auto const beginning_def = x3::eps[set_offset(&ast::Clause::offset)] >> "after" >>
                           x3::eps[set_offset(&ast::Clause::operator_offset)] >> '=' >>
                           (&x3::lit('&') | x3::eoi) >> x3::eps[keep_beginning];

x3::rule<struct group_tag, ast::Group> const group = "group";
constexpr auto keep_clause = [](auto& context) { x3::_val(context).clauses.push_back(std::move(x3::_attr(context))); };
constexpr auto keep_group = [](auto& context) { x3::_val(context).groups.push_back(std::move(x3::_attr(context))); };
auto const field =
    (&(x3::lit('!') | '(') >> x3::expect[group][keep_group]) | beginning[keep_clause] | x3::expect[clause][keep_clause];
x3::rule<struct fields_tag, ast::Query> const fields = "fields";
auto const fields_def = field >> *('&' >> !x3::eoi >> field);

constexpr auto negate = [](auto& context) { x3::_val(context).is_negated = true; };
constexpr auto enter = [](auto& context) { ++x3::get<group_depth>(context).get(); };
constexpr auto leave = [](auto& context) { --x3::get<group_depth>(context).get(); };
constexpr auto is_shallow = [](auto& context) { x3::_pass(context) = x3::get<group_depth>(context).get() < max_depth; };
constexpr auto keep_alternative = [](auto& context) {
  x3::_val(context).alternatives.push_back(std::move(x3::_attr(context)));
};
x3::rule<struct begin_of_group_tag> const begin_of_group = "begin_of_group";
auto const begin_of_group_def = x3::lit('(');
x3::rule<struct shallow_group_tag> const shallow_group = "shallow_group";
auto const shallow_group_def = x3::eps[is_shallow];
x3::rule<struct end_of_group_tag> const end_of_group = "end_of_group";
auto const end_of_group_def = x3::lit(')');
auto const group_def =
    x3::eps[set_offset(&ast::Group::offset)] >>
    -x3::lit('!')[negate] >> x3::expect[shallow_group] >> x3::expect[begin_of_group] >> x3::eps[enter] >>
    (fields[keep_alternative] % '|') >> x3::expect[end_of_group] >> x3::eps[leave];

x3::rule<struct end_of_query_tag> const end_of_query = "end_of_query";
auto const end_of_query_def = x3::eoi;
constexpr auto keep_all = [](auto& context) { x3::_val(context) = std::move(x3::_attr(context)); };
x3::rule<struct query_tag, ast::Query> const query = "query";
auto const whole_query = x3::eoi | (fields[keep_all] >> -x3::lit('&') >> x3::expect[end_of_query]);
auto const query_def = (if_lenient >> '&' >> whole_query) | whole_query;

BOOST_SPIRIT_DEFINE(literal, literals, path, end_of_clause, clause, beginning, fields, begin_of_group, shallow_group,
                    end_of_group, group, end_of_query, query)

}  // namespace restapi::grammar
