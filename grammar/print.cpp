// SPDX-License-Identifier: MIT
#include "grammar/print.hpp"

#include <cstdlib>

#include "grammar/operators.hpp"

namespace restapi::grammar {

namespace {

std::string padded(int number, std::size_t width) {
  std::string digits = std::to_string(number);
  return digits.size() < width ? std::string(width - digits.size(), '0') + digits : digits;
}

std::string shift_text(int minutes) {
  int const distance = std::abs(minutes);
  return (minutes < 0 ? "-" : "+") + padded(distance / 60, 2) + ':' + padded(distance % 60, 2);
}

struct LiteralText {
  std::string operator()(ast::String const& string) const {
    std::string text = "\"";
    for (char const byte : string.text) text.append(byte == '"' ? 2 : 1, byte);
    return text + '"';
  }

  std::string operator()(ast::Integer const& integer) const { return integer.digits; }

  std::string operator()(ast::Boolean boolean) const { return boolean.value ? "true" : "false"; }

  std::string operator()(ast::DateTime const& moment) const {
    std::string text = padded(moment.year, 4) + '-' + padded(moment.month, 2) + '-' + padded(moment.day, 2);
    if (!moment.hour) return text;
    text += 'T' + padded(*moment.hour, 2);
    if (moment.minute) text += ':' + padded(*moment.minute, 2);
    if (moment.minute && moment.second) {
      text += ':' + padded(*moment.second, 2);
      if (!moment.fraction.empty()) text += '.' + moment.fraction;
    }
    if (moment.shift_minutes) text += shift_text(*moment.shift_minutes);
    return text;
  }

  std::string operator()(ast::Word const& word) const {
    return word.sign == 0 ? word.text : std::string(1, word.sign) + word.text;
  }
};

}  // namespace

std::string print(ast::Query const& query) {
  std::string text;
  for (ast::Clause const& clause : query.clauses) {
    if (!text.empty()) text += '&';
    text += print_key(clause);
    text += print(clause.comparison);
    for (std::size_t index = 0; index < clause.literals.size(); ++index) {
      if (index > 0) text += ',';
      text += print(clause.literals[index]);
    }
  }
  for (auto const& group : query.groups) {
    if (!text.empty()) text += '&';
    if (group.is_negated) text += '!';
    for (char before = '('; auto const& alternative : group.alternatives) {
      text += before + print(alternative);
      before = '|';
    }
    text += ')';
  }
  return text;
}

std::string print_key(ast::Clause const& clause) {
  auto text = clause.key;
  for (auto const& step : clause.path) text += '.' + (step.is_quoted ? print({ast::String{step.text}}) : step.text);
  return text;
}

std::string print(ast::Literal const& literal) { return std::visit(LiteralText{}, literal.value); }

std::string_view print(ast::Operator comparison) { return row_of(comparison).text; }

}  // namespace restapi::grammar
