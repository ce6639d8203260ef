// SPDX-License-Identifier: MIT
/// How each operator is written: the one table that the parser, the printer, the hints and the tests read.
/// A new operator is one row here, and its line in query.ebnf.
#pragma once

#include <array>
#include <string_view>

#include "grammar/ast.hpp"

namespace restapi::grammar {

struct OperatorSpelling {
  std::string_view text;
  ast::Operator comparison;
};

/// In the order of ast::Operator. Where one spelling begins another (`=` and `=in=`), the longest wins.
inline constexpr std::array<OperatorSpelling, 10> operators = {{
    {"=", ast::Operator::equal},
    {"!=", ast::Operator::not_equal},
    {"<", ast::Operator::less},
    {">", ast::Operator::greater},
    {"<=", ast::Operator::less_equal},
    {">=", ast::Operator::greater_equal},
    {"=like=", ast::Operator::like},
    {"=ilike=", ast::Operator::ilike},
    {"=in=", ast::Operator::in},
    {"=notin=", ast::Operator::not_in},
}};

}  // namespace restapi::grammar
