// SPDX-License-Identifier: MIT
#include "query/document_filters.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <limits>
#include <string>
#include <utility>

#include "grammar/operators.hpp"
#include "grammar/print.hpp"
#include "query/convert.hpp"
#include "query/fold.hpp"
#include "query/pattern.hpp"

namespace restapi::query {
namespace {

using ast::Operator;

constexpr std::array<std::string_view, 6> json_types{"object", "array", "string", "number", "boolean", "null"};

/// What a database keeps as a number has no more.
constexpr std::size_t most_digits = 400;
constexpr std::int64_t most_exponent = 400;

using Scalar = std::variant<JsonNumber, std::string, bool>;

/// Plans one clause.
class DocumentFilter {
 public:
  explicit DocumentFilter(ast::Clause const& clause) : clause_(clause), key_(grammar::print_key(clause)) {}

  Result<std::vector<DocumentTest>> tests() const {
    auto const& row = grammar::row_of(clause_.comparison);
    if (clause_.literals.size() > 1 && !grammar::takes_list(row.family))
      return Error{Code::wrong_type, key_ + " takes one value after " + std::string(row.text),
                   "a list goes after =in=, =notin= or =contains=", clause_.literals[1].offset};
    switch (clause_.comparison) {
      case Operator::equal:
      case Operator::not_equal:
      case Operator::in:
      case Operator::not_in:
        return among();
      case Operator::less:
        return order(NumberTest::Kind::less);
      case Operator::less_equal:
        return order(NumberTest::Kind::less_equal);
      case Operator::greater:
        return order(NumberTest::Kind::greater);
      case Operator::greater_equal:
        return order(NumberTest::Kind::greater_equal);
      case Operator::like:
        return pattern(read_pattern, false);
      case Operator::ilike:
        return pattern(read_pattern, true);
      case Operator::starts_with:
        return pattern([](std::string_view text, bool) { return beginning_with(text); }, false);
      case Operator::is:
        return presence();
      case Operator::has_key:
        return has_key();
      case Operator::contains:
        return contains();
      case Operator::of_length:
      case Operator::longer:
      case Operator::shorter:
        return length();
      case Operator::of_type:
        return of_type();
    }
    return Error{Code::internal, "", "", {}, "an operator without a meaning"};
  }

 private:
  using Tests = std::vector<DocumentTest>;

  Error wrong(ast::Literal const& literal, std::string const& what, std::string const& example) const {
    return {Code::wrong_type, key_ + " takes " + what + " after " + std::string(grammar::print(clause_.comparison)),
            "for example " + key_ + std::string(grammar::print(clause_.comparison)) + example, literal.offset};
  }

  Result<Scalar> scalar(ast::Literal const& literal) const {
    if (auto const* boolean = std::get_if<ast::Boolean>(&literal.value)) return Scalar(boolean->value);
    if (auto const* text = std::get_if<ast::String>(&literal.value)) return Scalar(text->text);
    if (std::holds_alternative<ast::DateTime>(literal.value))
      return Error{Code::wrong_type, key_ + " takes a number, a string, true or false",
                   "JSON has no dates: in double quotes it is text, " + key_ + "=\"" + grammar::print(literal) + "\"",
                   literal.offset};
    auto const written = grammar::print(literal);
    auto number = read_json_number(written);
    if (!number) return Scalar(written);
    auto const exponent = number->exponent - 1;  // as it is written: 1e400 is 0.1e401
    if (number->digits.size() > most_digits || exponent > most_exponent || exponent < -most_exponent)
      return Error{Code::out_of_range, "the number after " + key_ + " is out of range",
                   "at most " + std::to_string(most_digits) + " digits, and exponents from -400 to 400",
                   literal.offset};
    return Scalar(*std::move(number));
  }

  /// All literals, by their types.
  Result<HasElements> values() const {
    HasElements values;
    for (auto const& literal : clause_.literals) {
      auto value = scalar(literal);
      if (!value) return std::move(value).error();
      if (auto* number = std::get_if<JsonNumber>(&*value))
        values.numbers.push_back(std::move(*number));
      else if (auto* text = std::get_if<std::string>(&*value))
        values.texts.push_back(std::move(*text));
      else
        values.booleans.push_back(std::get<bool>(*value));
    }
    return values;
  }

  Result<Tests> among() const {
    auto found = values();
    if (!found) return std::move(found).error();
    Tests tests;
    if (!found->numbers.empty()) tests.emplace_back(NumberTest{NumberTest::Kind::among, std::move(found->numbers)});
    if (!found->texts.empty()) tests.emplace_back(TextTest{Membership{{found->texts.begin(), found->texts.end()}}});
    for (bool const value : {false, true})
      if (std::ranges::find(found->booleans, value) != found->booleans.end()) tests.emplace_back(BooleanTest{value});
    return tests;
  }

  Result<Tests> order(NumberTest::Kind kind) const {
    auto const& literal = clause_.literals.front();
    auto value = scalar(literal);
    if (!value) return std::move(value).error();
    if (auto* number = std::get_if<JsonNumber>(&*value)) return Tests{NumberTest{kind, {std::move(*number)}}};
    auto const* text = std::get_if<std::string>(&*value);
    if (text == nullptr) return wrong(literal, "a number or a string", "5");
    // As for columns: what begins with the text counts as equal to it.
    auto const start = fold(*text);
    std::optional<model::Value> end;
    if (auto after = after_prefix(start)) end = std::move(*after);
    InIntervals test;
    if (kind == NumberTest::Kind::less)
      test.intervals = {{{}, start}};
    else if (kind == NumberTest::Kind::less_equal)
      test.intervals = {{{}, end}};
    else if (kind == NumberTest::Kind::greater_equal)
      test.intervals = {{start, {}}};
    else if (end)
      test.intervals = {{end, {}}};
    return Tests{TextTest{std::move(test)}};
  }

  template <class Read>
  Result<Tests> pattern(Read const& read, bool folds) const {
    auto const& literal = clause_.literals.front();
    auto const text = to_text(literal, key_);
    if (!text) return wrong(literal, "a string", "\"…\"");
    auto pattern = read(*text, folds);
    if (!pattern) {
      auto error = std::move(pattern).error();
      error.offset = literal.offset;
      return error;
    }
    return Tests{TextTest{Match{*std::move(pattern)}}};
  }

  Result<Tests> presence() const {
    auto const written = grammar::print(clause_.literals.front());
    if (written != "null" && written != "notnull") return wrong(clause_.literals.front(), "null or notnull", "null");
    return Tests{Presence{written == "notnull"}};
  }

  Result<Tests> has_key() const {
    auto const& literal = clause_.literals.front();
    if (auto const* integer = std::get_if<ast::Integer>(&literal.value)) return Tests{HasKey{integer->digits}};
    auto text = to_text(literal, key_);
    if (!text) return wrong(literal, "a string", "\"energy\"");
    return Tests{HasKey{*std::move(text)}};
  }

  Result<Tests> contains() const {
    auto found = values();
    if (!found) return std::move(found).error();
    return Tests{*std::move(found)};
  }

  Result<Tests> length() const {
    auto const& literal = clause_.literals.front();
    auto const size = to_integer(literal, key_);
    if (!size && size.error().code == Code::wrong_type) return wrong(literal, "an integer", "3");
    if (!size) return size.error();
    // No array is longer, nor is any shorter than none.
    auto const length = std::clamp<std::int64_t>(*size, -1, std::numeric_limits<std::int32_t>::max());
    if (clause_.comparison == Operator::of_length) return Tests{HasLength{length, length}};
    if (clause_.comparison == Operator::shorter) return Tests{HasLength{0, length - 1}};
    return Tests{HasLength{length + 1}};
  }

  Result<Tests> of_type() const {
    auto const& literal = clause_.literals.front();
    auto const text = to_text(literal, key_);
    if (!text) return wrong(literal, "a type", "array");
    if (std::ranges::find(json_types, *text) == json_types.end()) {
      std::string known;
      for (auto const type : json_types) known.append(known.empty() ? "" : ", ").append(type);
      return Error{Code::wrong_type, "JSON has no type \"" + text->substr(0, 64) + "\"", "its types are " + known,
                   literal.offset};
    }
    return Tests{OfType{*text}};
  }

  ast::Clause const& clause_;
  std::string const key_;
};

}  // namespace

Result<DocumentCondition> plan_document_filter(ast::Clause const& clause, model::Document const& document,
                                               std::span<ast::Step const> path) {
  if (path.size() > max_steps)
    return Error{Code::out_of_range, "the path has too many steps", "at most " + std::to_string(max_steps),
                 clause.offset};
  auto tests = DocumentFilter(clause).tests();
  if (!tests) return std::move(tests).error();
  return DocumentCondition{
      &document, {path.begin(), path.end()}, grammar::row_of(clause.comparison).is_negated, *std::move(tests)};
}

}  // namespace restapi::query
