// SPDX-License-Identifier: MIT
/// The operators: one row each. The parser, the printer, the planner, hints, pages and tests read this table. A new
/// operator is a row here, a word of ast::Operator, its line in query.ebnf, and what it means (query/filters.cpp).
#pragma once

#include <algorithm>
#include <array>
#include <iterator>
#include <string>
#include <string_view>

#include "grammar/ast.hpp"

namespace restapi::grammar {

/// Operators that are accepted and planned alike.
enum class Family {
  equality,    ///< is the value
  order,       ///< lies on one side of it
  pattern,     ///< matches it
  membership,  ///< is one of several values
  presence,    ///< has a value, or none
  beginning,   ///< begins with it
  member,      ///< is an object with that key
  elements,    ///< is an array with all of these elements
  length,      ///< is an array, and that long
  json_type,   ///< is of that type
};

/// Whether a list of values may stand behind an operator of the family.
constexpr bool takes_list(Family family) { return family == Family::membership || family == Family::elements; }

struct OperatorRow {
  std::string_view text;  ///< as written
  ast::Operator comparison;
  Family family;
  bool is_negated = false;  ///< fulfilled where the other one of the family is not
};

/// In the order of the hint at a syntax error. Where one text begins another (`=` and `=in=`), the longest wins.
inline constexpr OperatorRow operators[] = {
    {"=", ast::Operator::equal, Family::equality},
    {"!=", ast::Operator::not_equal, Family::equality, true},
    {">", ast::Operator::greater, Family::order},
    {"<", ast::Operator::less, Family::order},
    {">=", ast::Operator::greater_equal, Family::order},
    {"<=", ast::Operator::less_equal, Family::order},
    {"=like=", ast::Operator::like, Family::pattern},
    {"=ilike=", ast::Operator::ilike, Family::pattern},
    {"=in=", ast::Operator::in, Family::membership},
    {"=notin=", ast::Operator::not_in, Family::membership, true},
    {"=is=", ast::Operator::is, Family::presence},
    {"=startswith=", ast::Operator::starts_with, Family::beginning},
    {"=has_key=", ast::Operator::has_key, Family::member},
    {"=contains=", ast::Operator::contains, Family::elements},
    {"=of_length=", ast::Operator::of_length, Family::length},
    {"=longer=", ast::Operator::longer, Family::length},
    {"=shorter=", ast::Operator::shorter, Family::length},
    {"=of_type=", ast::Operator::of_type, Family::json_type},
};

/// In the order of ast::Operator, in which pages list them.
inline constexpr auto operators_in_order = [] {
  std::array<OperatorRow, std::size(operators)> sorted{};
  std::ranges::copy(operators, sorted.begin());
  std::ranges::sort(sorted, {}, &OperatorRow::comparison);
  return sorted;
}();

/// Every operator has a row; a test walks them.
constexpr OperatorRow const& row_of(ast::Operator comparison) {
  return *std::ranges::find(operators_in_order, comparison, &OperatorRow::comparison);
}

/// The texts of the operators that `is_wanted` likes, in the order of pages: "= !=".
template <class Predicate>
std::string list_operators(Predicate const& is_wanted, std::string_view between = " ") {
  std::string list;
  for (auto const& row : operators_in_order)
    if (is_wanted(row)) list.append(list.empty() ? "" : between).append(row.text);
  return list;
}

}  // namespace restapi::grammar
