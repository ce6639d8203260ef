// SPDX-License-Identifier: MIT
#include "query/builder/cast.hpp"

#include <date/date.h>

#include <array>
#include <charconv>
#include <chrono>
#include <cmath>
#include <string>

#include "base/small_text.hpp"
#include "query/fold.hpp"
#include "query/json_number.hpp"

namespace restapi::query::builder {
namespace {

using Kind = JsonValue::Kind;

constexpr std::string_view blanks = " \t\n\r\f\v", digits = "0123456789";
constexpr std::size_t longest_number = 400;

std::string_view trimmed(std::string_view text) {
  auto const first = text.find_first_not_of(blanks);
  if (first == text.npos) return {};
  return text.substr(first, text.find_last_not_of(blanks) - first + 1);
}

bool has_exponent_of_three_digits(std::string_view number) {
  auto const e = number.find_first_of("eE");
  if (e == number.npos) return true;
  auto exponent = number.substr(e + 1);
  if (exponent.starts_with('-') || exponent.starts_with('+')) exponent.remove_prefix(1);
  return exponent.size() <= 3;
}

std::optional<double> read_real(std::string_view text) {
  if (text.starts_with('+')) text.remove_prefix(1);
  double number = 0;
  auto const* const end = text.data() + text.size();
  auto const [stopped, error] = std::from_chars(text.data(), end, number);
  if (stopped != end || text.empty()) return std::nullopt;
  // What is too small to be told from zero is zero; what is too large is no number of this kind.
  if (error == std::errc::result_out_of_range) {
    auto const exact = read_json_number(text);
    return exact && exact->exponent < 0 ? std::optional(0.0) : std::nullopt;
  }
  return error == std::errc() && std::isfinite(number) ? std::optional(number) : std::nullopt;
}

std::optional<std::int64_t> whole(JsonNumber const& number) {
  constexpr std::int64_t most_digits = 19;
  if (number.digits.empty()) return 0;
  auto const size = static_cast<std::int64_t>(number.digits.size());
  if (number.exponent < size || number.exponent > most_digits) return std::nullopt;
  auto text = (number.is_negative ? "-" : "") + number.digits;
  text.append(static_cast<std::size_t>(number.exponent - size), '0');
  return number_in<std::int64_t>(text);
}

/// Takes exactly so many digits off.
std::optional<int> take_digits(std::string_view& text, std::size_t count) {
  auto const part = text.substr(0, count);
  if (part.size() < count || part.find_first_not_of(digits) != part.npos) return std::nullopt;
  text.remove_prefix(count);
  return number_in<int>(part);
}

bool take(std::string_view& text, char byte) {
  if (!text.starts_with(byte)) return false;
  text.remove_prefix(1);
  return true;
}

std::optional<date::sys_days> take_day(std::string_view& text) {
  auto const year = take_digits(text, 4);
  if (!year || *year == 0 || !take(text, '-')) return std::nullopt;
  auto const month = take_digits(text, 2);
  if (!month || !take(text, '-')) return std::nullopt;
  auto const day = take_digits(text, 2);
  if (!day) return std::nullopt;
  auto const found =
      date::year{*year} / date::month{static_cast<unsigned>(*month)} / date::day{static_cast<unsigned>(*day)};
  return found.ok() ? std::optional(date::sys_days{found}) : std::nullopt;
}

/// HH:MM[:SS[.ffffff]]
std::optional<std::chrono::microseconds> take_time(std::string_view& text) {
  auto const hour = take_digits(text, 2);
  if (!hour || *hour > 23 || !take(text, ':')) return std::nullopt;
  auto const minute = take_digits(text, 2);
  if (!minute || *minute > 59) return std::nullopt;
  std::chrono::microseconds time = std::chrono::hours{*hour} + std::chrono::minutes{*minute};
  if (!take(text, ':')) return time;
  auto const second = take_digits(text, 2);
  if (!second || *second > 59) return std::nullopt;
  time += std::chrono::seconds{*second};
  if (!take(text, '.')) return time;
  constexpr std::size_t most_digits = 6;
  auto const length = std::min(text.find_first_not_of(digits), text.size());
  if (length == 0 || length > most_digits) return std::nullopt;
  std::string fraction(text.substr(0, length));
  text.remove_prefix(length);
  fraction.resize(most_digits, '0');
  return time + std::chrono::microseconds{std::stoi(fraction)};
}

/// Z, +HH, +HH:MM, +HHMM, or nothing, which is UTC.
std::optional<std::chrono::minutes> take_shift(std::string_view& text) {
  if (text.empty() || take(text, 'Z')) return std::chrono::minutes{0};
  bool const is_west = text.starts_with('-');
  if (!take(text, '-') && !take(text, '+')) return std::nullopt;
  auto const hours = take_digits(text, 2);
  constexpr int most_hours = 15;
  if (!hours || *hours > most_hours) return std::nullopt;
  std::chrono::minutes shift = std::chrono::hours{*hours};
  if (!text.empty()) {
    take(text, ':');
    auto const minutes = take_digits(text, 2);
    if (!minutes || *minutes > 59) return std::nullopt;
    shift += std::chrono::minutes{*minutes};
  }
  return is_west ? -shift : shift;
}

}  // namespace

std::optional<double> as_real(Kind kind, std::string_view text) {
  if (kind == Kind::number) return read_real(text);
  if (kind != Kind::text || text.size() >= longest_number) return std::nullopt;
  auto const number = trimmed(text);
  if (!read_json_number(number) || !has_exponent_of_three_digits(number)) return std::nullopt;
  return read_real(number);
}

std::optional<std::int64_t> as_integer(Kind kind, std::string_view text) {
  if (kind == Kind::text) {
    text = trimmed(text);
    auto const behind_sign = text.substr(text.starts_with('-') || text.starts_with('+') ? 1 : 0);
    if (behind_sign.empty() || behind_sign.find_first_not_of(digits) != behind_sign.npos) return std::nullopt;
  } else if (kind != Kind::number) {
    return std::nullopt;
  }
  auto const number = read_json_number(text);
  return number ? whole(*number) : std::nullopt;
}

std::optional<bool> as_boolean(Kind kind, std::string_view text) {
  static constexpr std::array<std::string_view, 9> yes{"t", "tr", "tru", "true", "y", "ye", "yes", "on", "1"};
  static constexpr std::array<std::string_view, 10> no{"f", "fa", "fal", "fals", "false", "n", "no", "of", "off", "0"};
  if (kind != Kind::boolean && kind != Kind::number && kind != Kind::text) return std::nullopt;
  if (kind == Kind::number && text != "0" && text != "1") return std::nullopt;
  auto const word = fold(trimmed(text));
  if (std::ranges::find(yes, word) != yes.end()) return true;
  if (std::ranges::find(no, word) != no.end()) return false;
  return std::nullopt;
}

std::optional<model::DateTime> as_instant(Kind kind, std::string_view text) {
  return kind == Kind::text ? read_instant(text) : std::nullopt;
}

std::optional<model::DateTime> read_instant(std::string_view text) {
  auto const day = take_day(text);
  if (!day) return std::nullopt;
  model::DateTime time = *day;
  if (!text.empty()) {
    if (!take(text, 'T') && !take(text, ' ')) return std::nullopt;
    auto const clock = take_time(text);
    if (!clock) return std::nullopt;
    auto const shift = take_shift(text);
    if (!shift || !text.empty()) return std::nullopt;
    time += *clock - *shift;
  }
  model::DateTime const first = date::sys_days{date::year{1} / 1 / 1};
  model::DateTime const after_last = date::sys_days{date::year{10000} / 1 / 1};
  return first <= time && time < after_last ? std::optional(time) : std::nullopt;
}

}  // namespace restapi::query::builder
