// SPDX-License-Identifier: MIT
#include "query/json_number.hpp"

#include <algorithm>

#include "base/small_text.hpp"

namespace restapi::query {
namespace {

// Exponents beyond this are all the same: no number of a database has one.
constexpr std::int64_t most_exponent = 1'000'000'000;

std::string_view take_digits(std::string_view& text) {
  auto const digits = text.substr(0, std::min(text.size(), text.find_first_not_of("0123456789")));
  text.remove_prefix(digits.size());
  return digits;
}

bool take(std::string_view& text, std::string_view one_of) {
  if (text.empty() || one_of.find(text.front()) == one_of.npos) return false;
  text.remove_prefix(1);
  return true;
}

std::optional<std::int64_t> read_exponent(std::string_view text) {
  bool const is_negative = text.starts_with('-');
  take(text, "+-");
  if (text.empty() || text.find_first_not_of("0123456789") != text.npos) return std::nullopt;
  text.remove_prefix(std::min(text.find_first_not_of('0'), text.size() - 1));
  auto const value = text.size() > 10 ? most_exponent : number_in<std::int64_t>(text).value_or(most_exponent);
  return std::min(value, most_exponent) * (is_negative ? -1 : 1);
}

}  // namespace

std::optional<JsonNumber> read_json_number(std::string_view text) {
  JsonNumber number;
  number.is_negative = text.starts_with('-');
  take(text, "+-");
  auto const whole = take_digits(text);
  std::string_view fraction;
  if (take(text, ".")) fraction = take_digits(text);
  if (whole.empty() && fraction.empty()) return std::nullopt;
  if (take(text, "eE")) {
    auto const exponent = read_exponent(text);
    if (!exponent) return std::nullopt;
    number.exponent = *exponent;
  } else if (!text.empty()) {
    return std::nullopt;
  }
  number.digits.append(whole).append(fraction);
  number.exponent += static_cast<std::int64_t>(whole.size());
  auto const zeros = std::min(number.digits.find_first_not_of('0'), number.digits.size());
  number.digits.erase(0, zeros);
  number.exponent -= static_cast<std::int64_t>(zeros);
  number.digits.erase(number.digits.find_last_not_of('0') + 1);
  if (number.digits.empty()) return JsonNumber{};
  number.exponent = std::clamp(number.exponent, -most_exponent, most_exponent);
  return number;
}

std::string text_of(JsonNumber const& number) {
  if (number.digits.empty()) return "0";
  return (number.is_negative ? "-0." : "0.") + number.digits + "e" + std::to_string(number.exponent);
}

std::string sort_key(JsonNumber const& number) {
  constexpr std::string_view negative = "0", zero = "1", positive = "2";
  if (number.digits.empty()) return std::string(zero);
  constexpr std::int64_t middle = 2 * most_exponent;
  auto const size = std::to_string(number.is_negative ? middle - number.exponent : middle + number.exponent);
  if (!number.is_negative) return std::string(positive) + size + number.digits;
  // The other way round: a longer one is less, so a text that goes on comes before one that ends.
  auto digits = number.digits;
  for (char& digit : digits) digit = static_cast<char>('0' + '9' - digit);
  return std::string(negative) + size + digits + "~";
}

}  // namespace restapi::query
