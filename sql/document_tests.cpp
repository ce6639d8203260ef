// SPDX-License-Identifier: MIT
#include "sql/document_tests.hpp"

namespace restapi::sql {

bool is_index(ast::Step const& step) {
  constexpr std::size_t most_digits = 9;  // PostgreSQL's own limit is a little higher
  bool const has_zeros = step.text.size() > 1 && step.text.starts_with('0');
  return !step.text.empty() && !step.is_quoted && !has_zeros && step.text.size() <= most_digits &&
         step.text.find_first_not_of("0123456789") == std::string::npos;
}

bool is_any_index(ast::Step const& step) {
  if (!step.counts) return false;
  auto const digits = step.text.find_first_not_of('-') == 1 ? step.text.substr(1) : step.text;
  return !digits.empty() && digits.find_first_not_of("0123456789") == std::string::npos;
}

Fragment comparison_of(query::NumberTest::Kind kind) {
  using Kind = query::NumberTest::Kind;
  switch (kind) {
    case Kind::less:
      return " < ";
    case Kind::less_equal:
      return " <= ";
    case Kind::greater:
      return " > ";
    case Kind::greater_equal:
      return " >= ";
    case Kind::among:
      break;
  }
  return " = ";
}

}  // namespace restapi::sql
