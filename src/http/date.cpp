// SPDX-License-Identifier: MIT
#include "http/date.hpp"

#include <date/date.h>
#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <iterator>

namespace restapi::http {
namespace {

// The number in `length` digits at `begin`; the caller has seen that they are digits.
int digits(std::string_view text, std::size_t begin, std::size_t length) {
  int number = 0;
  std::from_chars(text.data() + begin, text.data() + begin + length, number);
  return number;
}

}  // namespace

bool append_http_date(std::string& out, std::string_view stored) {
  static constexpr std::string_view days[] = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
  static constexpr std::string_view months[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  static constexpr std::string_view utc[] = {"", "+00", "Z", "+00:00", "-00:00"};
  constexpr std::string_view shape = "0000-00-00 00:00:00";
  if (stored.size() < shape.size()) return false;
  for (std::size_t i = 0; i < shape.size(); ++i) {
    bool const is_other = shape[i] == '0' ? stored[i] < '0' || stored[i] > '9' : stored[i] != shape[i];
    if (is_other && !(shape[i] == ' ' && stored[i] == 'T')) return false;  // ISO 8601, as some tools write in SQLite
  }
  auto rest = stored.substr(shape.size());
  if (rest.starts_with('.')) rest.remove_prefix(std::min(rest.find_first_not_of("0123456789", 1), rest.size()));
  if (std::ranges::find(utc, rest) == std::end(utc)) return false;
  auto const year = digits(stored, 0, 4), month = digits(stored, 5, 2), day = digits(stored, 8, 2);
  auto const hour = digits(stored, 11, 2), minute = digits(stored, 14, 2), second = digits(stored, 17, 2);
  auto const date = date::year{year} / month / day;
  if (!date.ok() || hour > 23 || minute > 59 || second > 59) return false;
  auto const weekday = date::weekday{date::sys_days{date}};
  // Day, year and time are in the text as they are wanted: copied, as lists are full of dates.
  auto const append = [&out](auto... parts) { (out.append(parts), ...); };
  append(days[weekday.c_encoding()], ", ", stored.substr(8, 2), " ", months[month - 1], " ", stored.substr(0, 4), " ",
         stored.substr(11, 8), " GMT");
  return true;
}

std::string http_date(std::time_t time) {
  std::tm utc{};
  gmtime_r(&time, &utc);
  std::string out;
  append_http_date(out, fmt::format("{:04}-{:02}-{:02} {:02}:{:02}:{:02}", utc.tm_year + 1900, utc.tm_mon + 1,
                                    utc.tm_mday, utc.tm_hour, utc.tm_min, utc.tm_sec));
  return out;
}

}  // namespace restapi::http
