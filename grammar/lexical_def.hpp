// SPDX-License-Identifier: MIT
/// The rules that read single words of the language: operators and the five kinds of literal.
/// For parse.cpp only (it brings in Spirit). Rules stand in the order and under the names of query.ebnf.
///
/// Two habits: what is parsed is only kept once its end is known (a literal is the longest run of word bytes, so 45abc
/// is one word and not an integer with something behind it); and every sub-parser that must match (x3::expect) is a
/// named rule, because expectations.hpp turns its name into words.
#pragma once

#include <boost/range/iterator_range_core.hpp>
#include <boost/spirit/home/x3.hpp>
#include <string>
#include <utility>

#include "grammar/ast.hpp"
#include "grammar/operators.hpp"
#include "grammar/parse.hpp"

namespace restapi::grammar {

namespace x3 = boost::spirit::x3;
namespace ascii = boost::spirit::x3::ascii;  // plain x3::alpha of an older Boost asserts on bytes ≥ 0x80

using Position = char const*;
using Written = boost::iterator_range<Position>;

struct text_begin;  ///< context: where the text begins, for offsets
struct tolerance;   ///< context: the Tolerance of the reader

/// Condition: blanks between words are skipped by the skipper of Spirit, all else that is tolerated begins with this.
constexpr auto is_lenient = [](auto& context) {
  x3::_pass(context) = x3::get<tolerance>(context) == Tolerance::lenient;
};
auto const if_lenient = x3::eps[is_lenient];

/// Action on x3::eps: puts the offset of this place into a member of the rule's result.
constexpr auto set_offset = [](auto member) {
  return [member](auto& context) {
    x3::_val(context).*member = static_cast<std::size_t>(x3::_where(context).begin() - x3::get<text_begin>(context));
  };
};

/// Action: puts the parsed value into a member of the rule's result.
constexpr auto set = [](auto member) {
  return [member](auto& context) { x3::_val(context).*member = std::move(x3::_attr(context)); };
};

// Character classes. A word is made of word_byte; '-' cannot come first, where it would be a sign.
auto const first_key_byte = ascii::alpha | ascii::char_('_');
auto const key_byte = ascii::alnum | ascii::char_('_');
auto const first_word_byte = ascii::alnum | ascii::char_("_.");
auto const word_byte = ascii::alnum | ascii::char_("_.-");
auto const sign_byte = ascii::char_("+-");
auto const string_byte = ~x3::standard::char_('"');  // any byte but the quote, beyond ASCII too

// key
bool constexpr keep_written = true;  // although there is an action
x3::rule<struct key_tag, std::string, keep_written> const key = "key";
auto const key_def = x3::lexeme[x3::raw[first_key_byte >> *(key_byte | (if_lenient >> '-'))]];

// comparison
x3::symbols<ast::Operator> const operator_symbols = [] {  // takes the longest that fits
  x3::symbols<ast::Operator> symbols;
  for (OperatorRow const& row : operators) symbols.add(std::string(row.text), row.comparison);
  return symbols;
}();
x3::rule<struct comparison_tag, ast::Operator> const comparison = "comparison";
auto const comparison_def = operator_symbols;

// quoted_string: found whole, then "" becomes "
constexpr auto keep_unquoted = [](auto& context) {
  Written const written = x3::_attr(context);
  std::string& text = x3::_val(context).text;
  text.reserve(written.size());
  for (Position byte = written.begin(); byte != written.end(); ++byte) {
    text += *byte;
    if (*byte == '"') ++byte;  // the grammar lets quotes in only in pairs
  }
};

x3::rule<struct quoted_string_tag, ast::String> const quoted_string = "quoted_string";
auto const quoted_string_def = x3::lexeme['"' >> x3::raw[*(string_byte | "\"\"")][keep_unquoted] >> '"'];

// Must match as a whole, so that a quote that is never closed is reported where it opens: reporting the end of the text
// would not help.
auto const insisted_string = &x3::lit('"') >> x3::expect[quoted_string];

constexpr auto keep_text = [](auto& context) {
  Written const written = x3::_attr(context);
  x3::_val(context).text.assign(written.begin(), written.end());
};

// step
constexpr auto keep_quoted_step = [](auto& context) {
  x3::_val(context) = ast::Step{std::move(x3::_attr(context).text), true};
};
x3::rule<struct step_tag, ast::Step> const step = "step";
auto const step_def = insisted_string[keep_quoted_step] | x3::lexeme[x3::raw[+key_byte][keep_text]];

// date_time: after "YYYY-MM-DDT" it cannot be anything else
struct Shift {
  char sign = '+';  // of Z, UTC and GMT, which are +00:00
  int hours = 0;
  int minutes = 0;
};

constexpr auto set_shift = [](auto& context) {
  auto const& shift = x3::_attr(context);
  int const minutes = shift.hours * 60 + shift.minutes;
  x3::_val(context).shift_minutes = shift.sign == '-' ? -minutes : minutes;
};

x3::uint_parser<int, 10, 4, 4> const year{};
x3::rule<struct two_digits_tag, int> const two_digits = "two_digits";
auto const two_digits_def = x3::uint_parser<int, 10, 2, 2>{};
x3::rule<struct fraction_tag, std::string> const fraction = "fraction";
auto const fraction_def = x3::raw[+ascii::digit];
x3::rule<struct minutes_of_shift_tag, int> const minutes_of_shift = "minutes_of_shift";
auto const minutes_of_shift_def = &ascii::char_('0', '5') >> two_digits;
x3::rule<struct shift_tag, Shift> const shift = "shift";
auto const shift_def = ascii::char_("Zz") | "UTC" | "GMT" |
                       (sign_byte[set(&Shift::sign)] >> x3::expect[two_digits][set(&Shift::hours)] >>
                        -((':' | &ascii::digit) >> x3::expect[minutes_of_shift][set(&Shift::minutes)]));
// What JavaScript's Temporal and RFC 9557 write behind a shift. It says nothing more about the moment.
x3::rule<struct zone_name_tag> const zone_name = "zone_name";
auto const zone_name_def = x3::omit['[' >> +(ascii::alnum | ascii::char_("_+/:.=!-")) >> ']'];
x3::rule<struct shift_before_zone_name_tag> const shift_before_zone_name = "shift_before_zone_name";
auto const shift_before_zone_name_def = !x3::lit('[');

auto const date = year[set(&ast::DateTime::year)] >> '-' >> two_digits[set(&ast::DateTime::month)] >> '-' >>
                  two_digits[set(&ast::DateTime::day)];
auto const second = x3::expect[two_digits][set(&ast::DateTime::second)] >>
                    -('.' >> x3::expect[fraction][set(&ast::DateTime::fraction)]);
auto const minute = x3::expect[two_digits][set(&ast::DateTime::minute)] >> -(':' >> second);
auto const time = x3::expect[two_digits][set(&ast::DateTime::hour)] >> -(':' >> minute) >>
                  ((shift[set_shift] >> *zone_name) | x3::expect[shift_before_zone_name]);
x3::rule<struct date_time_tag, ast::DateTime> const date_time = "date_time";
auto const date_time_def = x3::lexeme[date >> (('T' >> time) | !word_byte)];

// integer: -007 is kept as -7, and no zero is negative
constexpr auto keep_digits = [](auto& context) {
  Written const written = x3::_attr(context);
  std::string& digits = x3::_val(context).digits;
  digits.assign(written.begin(), written.end());
  bool const negative = digits.front() == '-';
  digits.erase(0, digits.find_first_not_of("+-0"));  // npos, all zeros, erases all
  if (digits.empty()) {
    digits = "0";
  } else if (negative) {
    digits.insert(0, 1, '-');
  }
};
x3::rule<struct integer_tag, ast::Integer> const integer = "integer";
auto const integer_def = x3::lexeme[x3::raw[-sign_byte >> +ascii::digit >> !word_byte][keep_digits]];

// boolean
x3::symbols<bool> const boolean_symbols({{"true", true}, {"false", false}});
x3::rule<struct boolean_tag, ast::Boolean> const boolean = "boolean";
auto const boolean_def = x3::lexeme[boolean_symbols[set(&ast::Boolean::value)] >> !word_byte];

// path_in_quotes: a path with a step in quotes, as it is written
x3::rule<struct path_in_quotes_tag, ast::Word> const path_in_quotes = "path_in_quotes";
auto const path_in_quotes_def =
    x3::lexeme[-sign_byte[set(&ast::Word::sign)] >>
               x3::raw[key >> *('.' >> +key_byte) >> '.' >> quoted_string >> *('.' >> step)][keep_text]];

// word: the exponent of a number may have a plus
auto const number_with_plus = +ascii::digit >> -('.' >> *ascii::digit) >> ascii::char_("eE") >> '+' >> +ascii::digit;
x3::rule<struct word_tag, ast::Word> const word = "word";
auto const word_def =
    x3::lexeme[-sign_byte[set(&ast::Word::sign)] >>
               x3::raw[(number_with_plus >> !word_byte) | (first_word_byte >> *word_byte)][keep_text]];

// star
x3::rule<struct star_tag, ast::Word> const star = "star";
auto const star_def = x3::raw[x3::lit('*')][keep_text];

BOOST_SPIRIT_DEFINE(key, comparison, quoted_string, step, two_digits, fraction, minutes_of_shift, shift, zone_name,
                    shift_before_zone_name, date_time, integer, boolean, path_in_quotes, word, star)

}  // namespace restapi::grammar
