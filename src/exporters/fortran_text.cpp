// SPDX-License-Identifier: MIT
#include "exporters/fortran_text.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <limits>
#include <string>
#include <system_error>

#include "base/ascii.hpp"

namespace restapi::exporters {
namespace {

constexpr std::string_view blanks = " \t\r\n\v\f";

bool is_blank(char byte) { return byte == ' ' || (byte >= '\t' && byte <= '\r'); }

/// What std::from_chars refuses: the sign of the exponent tells the two apart, or else whether there is something in
/// front of the point.
double beyond_range(std::string_view number) {
  auto const exponent = number.find_first_of("eE");
  bool const is_small = exponent != number.npos
                            ? number.substr(exponent + 1).substr(0, 1) == "-"
                            : number.substr(0, number.find('.')).find_first_of("123456789") == number.npos;
  auto const size = is_small ? 0.0 : std::numeric_limits<double>::infinity();
  return number.front() == '-' ? -size : size;
}

/// The number that the text begins with, and what is behind it.
struct Begin {
  double number;
  std::string_view rest;
};

std::optional<Begin> number_at_begin_of(std::string_view text) {
  double number = 0;
  auto const* const end = text.data() + text.size();
  auto const [stopped, error] = std::from_chars(text.data(), end, number);
  if (error == std::errc::invalid_argument) return std::nullopt;
  auto const length = static_cast<std::size_t>(stopped - text.data());
  if (error == std::errc::result_out_of_range) number = beyond_range(text.substr(0, length));
  return Begin{number, text.substr(length)};
}

}  // namespace

std::string_view take_word(std::string_view& text) {
  auto const begin = std::find_if_not(text.begin(), text.end(), is_blank);
  auto const end = std::find_if(begin, text.end(), is_blank);
  auto const word = text.substr(static_cast<std::size_t>(begin - text.begin()), static_cast<std::size_t>(end - begin));
  text.remove_prefix(static_cast<std::size_t>(end - text.begin()));
  return word;
}

std::string_view trimmed(std::string_view text) {
  auto const begin = text.find_first_not_of(blanks);
  if (begin == text.npos) return {};
  return text.substr(begin, text.find_last_not_of(blanks) - begin + 1);
}

std::optional<double> fortran_number(std::string_view word) {
  if (word.substr(0, 1) == "+" && word.substr(1, 1) != "-") word.remove_prefix(1);
  auto const begin = number_at_begin_of(word);
  if (!begin) return std::nullopt;
  if (begin->rest.empty()) return begin->number;
  // An exponent that C++ does not know. Where it has three digits, Fortran leaves the letter out.
  auto const mantissa = word.substr(0, word.size() - begin->rest.size());
  auto exponent = begin->rest;
  if (mantissa.find_first_of("eE") != mantissa.npos || !std::isfinite(begin->number)) return std::nullopt;
  if (exponent.front() == 'D' || exponent.front() == 'd')
    exponent.remove_prefix(1);
  else if (exponent.front() != '+' && exponent.front() != '-')
    return std::nullopt;
  auto const text = std::string(mantissa) + "e" + std::string(exponent);
  auto const all = number_at_begin_of(text);
  if (!all || !all->rest.empty()) return std::nullopt;
  return all->number;
}

std::optional<std::vector<double>> fortran_numbers(std::string_view text) {
  std::vector<double> numbers;
  for (auto word = take_word(text); !word.empty(); word = take_word(text)) {
    auto const number = fortran_number(word);
    if (!number) return std::nullopt;
    numbers.push_back(*number);
  }
  return numbers;
}

bool fortran_boolean(std::string_view word) {
  static constexpr std::array<std::string_view, 5> yes{"t", "true", ".true.", "yes", "1"};
  // No longer word is copied than could be one of them.
  word = trimmed(word);
  return word.size() <= 6 && std::find(yes.begin(), yes.end(), in_ascii_lower_case(std::string(word))) != yes.end();
}

}  // namespace restapi::exporters
