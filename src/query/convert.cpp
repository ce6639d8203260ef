// SPDX-License-Identifier: MIT
#include "query/convert.hpp"

#include <date/date.h>

#include <charconv>

#include "grammar/parse.hpp"
#include "grammar/print.hpp"

namespace restapi::query {
namespace {

using namespace std::chrono_literals;

// The literal that stands between the quotes, if it is one: "45", "2016-04-23 05:45:00Z".
std::optional<ast::Literal> without_quotes(ast::Literal const& literal) {
  constexpr std::size_t longest = 64;
  auto const* string = std::get_if<ast::String>(&literal.value);
  if (!string || string->text.size() > longest) return std::nullopt;
  auto text = string->text;
  constexpr std::size_t end_of_day = 10;
  if (text.size() > end_of_day && text[end_of_day] == ' ') text[end_of_day] = 'T';
  auto query = grammar::parse("key=" + text);
  if (!query || query->clauses.size() != 1 || query->clauses[0].literals.size() != 1) return std::nullopt;
  return query->clauses[0].literals[0];
}

bool is_written(ast::Literal const& literal, model::Type type) {
  switch (type) {
    case model::Type::integer:
      return std::holds_alternative<ast::Integer>(literal.value);
    case model::Type::boolean:
      return std::holds_alternative<ast::Boolean>(literal.value);
    case model::Type::datetime:
      return std::holds_alternative<ast::DateTime>(literal.value);
    case model::Type::text:
    case model::Type::uuid:
      break;
  }
  return false;
}

Error wrong_type(ast::Literal const& literal, std::string_view key, model::Type type) {
  auto const& row = model::row_of(type);
  Error error{Code::wrong_type, std::string(key) + " takes " + std::string(row.spoken),
              "for example " + std::string(key) + "=" + std::string(row.example), literal.offset};
  if (auto const inside = without_quotes(literal); inside && is_written(*inside, type))
    error.hint = "without quotes: " + grammar::print(*inside);
  return error;
}

Error out_of_range(ast::Literal const& literal, std::string message, std::string hint) {
  return {Code::out_of_range, std::move(message), std::move(hint), literal.offset};
}

std::chrono::microseconds microseconds_of(std::string const& digits) {
  auto padded = digits;
  padded.resize(6, '0');
  return std::chrono::microseconds{std::stoi(padded)};
}

// How long the written precision lasts: a day, an hour, … a tenth of a second.
std::chrono::microseconds precision_of(ast::DateTime const& written) {
  if (!written.hour) return 24h;
  if (!written.minute) return 1h;
  if (!written.second) return 1min;
  std::chrono::microseconds precision = 1s;
  for (std::size_t i = 0; i < written.fraction.size(); ++i) precision /= 10;
  return precision;
}

}  // namespace

Result<std::int64_t> to_integer(ast::Literal const& literal, std::string_view key) {
  auto const* integer = std::get_if<ast::Integer>(&literal.value);
  if (!integer) return wrong_type(literal, key, model::Type::integer);
  std::int64_t value = 0;
  auto const& digits = integer->digits;
  if (std::from_chars(digits.data(), digits.data() + digits.size(), value).ec != std::errc{})
    return out_of_range(literal, "the number after " + std::string(key) + " is too large",
                        "integers have at most 64 bits");
  return value;
}

Result<std::string> to_text(ast::Literal const& literal, std::string_view key) {
  if (auto const* text = std::get_if<ast::String>(&literal.value)) return text->text;
  if (auto const* word = std::get_if<ast::Word>(&literal.value);
      word && word->sign != '+' && word->text.find_first_of("*\"") == std::string::npos)
    return word->sign == '-' ? "-" + word->text : word->text;
  auto error = wrong_type(literal, key, model::Type::text);
  error.hint = "text stands in double quotes: " + std::string(key) + "=\"…\"";
  return error;
}

Result<Interval> to_interval(ast::Literal const& literal, std::string_view key) {
  auto const* written = std::get_if<ast::DateTime>(&literal.value);
  if (!written) return wrong_type(literal, key, model::Type::datetime);
  auto const day = date::year{written->year} / written->month / written->day;
  if (!day.ok() || written->year < 1)
    return out_of_range(literal, "there is no such day", "dates are written YYYY-MM-DD, for example 2016-04-23");
  if (written->hour.value_or(0) > 23 || written->minute.value_or(0) > 59 || written->second.value_or(0) > 59)
    return out_of_range(literal, "there is no such time of day",
                        "times are written HH:MM:SS, from 00:00:00 to 23:59:59");
  if (written->fraction.size() > 6)
    return out_of_range(literal, "the fraction of a second is too long",
                        "at most six digits: times are kept to the microsecond");
  auto const shift = std::chrono::minutes{written->shift_minutes.value_or(0)};
  if (shift > 24h || shift < -24h)
    return out_of_range(literal, "the shift is too large",
                        "shifts from UTC are written +HH:MM or -HH:MM, at most 24 hours");

  model::DateTime const from = date::sys_days{day} + std::chrono::hours{written->hour.value_or(0)} +
                               std::chrono::minutes{written->minute.value_or(0)} +
                               std::chrono::seconds{written->second.value_or(0)} + microseconds_of(written->fraction) -
                               shift;
  // Years beyond these are not written by the stores' time formats; an interval that ends with them has no end.
  model::DateTime const first = date::sys_days{date::year{1} / 1 / 1};
  model::DateTime const after_last = date::sys_days{date::year{10000} / 1 / 1};
  if (from < first || from >= after_last)
    return out_of_range(literal, "the date-time is out of range", "from 0001-01-01 to 9999-12-31, in UTC");
  auto const to = from + precision_of(*written);
  return Interval{from, to < after_last ? std::optional<model::Value>(to) : std::nullopt};
}

Result<model::Value> to_value(ast::Literal const& literal, model::Type type, std::string_view key) {
  switch (type) {
    case model::Type::integer: {
      auto value = to_integer(literal, key);
      if (!value) return std::move(value).error();
      return model::Value{*value};
    }
    case model::Type::text:
    case model::Type::uuid: {
      auto text = to_text(literal, key);
      if (!text) return std::move(text).error();
      return model::Value{*std::move(text)};
    }
    case model::Type::boolean: {
      auto const* boolean = std::get_if<ast::Boolean>(&literal.value);
      if (!boolean) return wrong_type(literal, key, type);
      return model::Value{boolean->value};
    }
    case model::Type::datetime:
      break;  // an interval, not a value: to_interval
  }
  return wrong_type(literal, key, type);
}

}  // namespace restapi::query
