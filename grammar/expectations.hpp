// SPDX-License-Identifier: MIT
/// How messages call a rule of the grammar, and the hint that goes with it.
#pragma once

#include <array>
#include <cstddef>
#include <string_view>

#include "grammar/operators.hpp"

namespace restapi::grammar {

struct Expectation {
  std::string_view rule;   ///< the name of the X3 rule that found nothing to read
  std::string_view after;  ///< only if the byte before the offset is one of these; empty: any, or none
  std::string_view at;     ///< only if the byte at the offset is one of these; empty: any, or the end
  std::string_view words;  ///< "syntax error: expected …"
  std::string_view hint;
};

/// A hint that names all operators, put together by the compiler.
class OperatorsHint {
 public:
  constexpr explicit OperatorsHint(std::string_view behind = "") {
    add("the operators are");
    for (auto const& row : operators) {
      add(" ");
      add(row.text);
    }
    add(behind);
  }

  constexpr std::string_view text() const { return {text_.data(), size_}; }

 private:
  constexpr void add(std::string_view text) {
    for (char const byte : text) text_.at(size_++) = byte;
  }

  std::array<char, 512> text_{};
  std::size_t size_ = 0;
};

inline constexpr OperatorsHint operators_hint;
inline constexpr OperatorsHint operators_hint_for_keys("; a key is made of letters, digits and _");

/// The first row that fits is taken; the last row of each rule fits always.
inline constexpr Expectation expectations[] = {
    {"clause", "", "&", "a key", "one & stands between two fields"},
    {"clause", "", "", "a key", "a field is key, operator, value: id>45&label=\"water\""},

    {"comparison", "", "", "an operator", operators_hint_for_keys.text()},

    {"step", "", "", "a key",
     "the steps of a path are joined by points, and any text stands in double quotes: extras.\"my tag\"=\"a\""},

    {"group", "", "", "a group", "alternatives stand in parentheses: (state=\"killed\"|state=\"excepted\")"},
    {"begin_of_group", "", "", "\"(\"", "what is negated stands in parentheses: !(label=\"water\")"},
    {"shallow_group", "", "", "fewer parentheses", "groups stand at most 16 deep in each other"},
    {"end_of_group", "", "", "\"&\", \"|\" or \")\"",
     "alternatives end with a ): (state=\"killed\"|state=\"excepted\")"},

    {"end_of_query", "", "|", "\"&\"", "alternatives stand in parentheses: (state=\"killed\"|state=\"excepted\")"},
    {"end_of_query", "", ")", "\"&\"", "there is no ( that it ends"},
    {"end_of_query", "", "", "\"&\"", "fields are joined by &: id>45&(label=\"a\"|label=\"b\")"},

    {"literal", "", "=<>!", "a value", operators_hint.text()},
    {"literal", "", ",", "a value", "one , stands between two values: id=in=45,56"},
    {"literal", "", "", "a value", "strings stand in double quotes: label=\"water\""},

    {"quoted_string", "", "", "a closing quote",
     "the string that begins here does not end; a quote inside a string is written twice: \"5\"\" disk\""},

    {"end_of_clause", "\"", "", "\",\" or \"&\"",
     "a quote inside a string is written twice: \"5\"\" disk\"; fields are joined by &, values by a comma"},
    {"end_of_clause", "", "\"", "\",\" or \"&\"",
     "quotes stand around the whole string, and a named operator ends with =: label=like=\"wat%\""},
    {"end_of_clause", "", ";", "\",\" or \"&\"",
     "fields are joined by &: id>45&label=\"water\"; text with a ; stands in double quotes"},
    // Other words would go on with these: what ends before them is a date-time.
    {"end_of_clause", "0123456789Zz", "0123456789Zz", "\",\" or \"&\"",
     "a date-time is written 2016-04-23T05:45:12+03:45"},
    {"end_of_clause", "0123456789ZzCT]", "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz", "\",\" or \"&\"",
     "a date-time ends with its shift from UTC, as in 2016-04-23T05:45:12+03:45, or with Z, UTC or GMT; names of other "
     "zones are not known"},
    {"end_of_clause", "0123456789", " ", "\",\" or \"&\"",
     "text with a blank stands in double quotes: label=\"5 disks\"; a date-time has a T: 2016-04-23T05:45"},
    {"end_of_clause", "", "=<>!", "\",\" or \"&\"", operators_hint.text()},
    {"end_of_clause", "", "+:", "\",\" or \"&\"",
     "a date-time is written 2016-04-23T05:45:12+03:45, and any other text in double quotes: label=\"a:b\""},
    {"end_of_clause", "", "", "\",\" or \"&\"",
     "text with other characters than letters, digits, _ . - stands in double quotes: label=\"heavy water\""},

    {"two_digits", "", "", "two digits", "a date-time is written 2016-04-23T05:45:12+03:45"},
    {"fraction", "", "", "a digit", "a fraction of a second is written 2016-04-23T05:45:12.25"},
    {"shift_before_zone_name", "", "", "a shift from UTC",
     "the name of a zone stands behind one: 2016-04-23T05:45:12+03:45[Asia/Kathmandu]; Z, UTC and GMT are shifts, too"},
    {"minutes_of_shift", "", "", "two digits from 00 to 59", "a shift from UTC is written 2016-04-23T05:45+03:45"},
};

}  // namespace restapi::grammar
