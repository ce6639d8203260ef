// SPDX-License-Identifier: MIT
#include "sql/timestamp.hpp"

#include <date/date.h>
#include <fmt/format.h>

#include <algorithm>

namespace restapi::sql {

std::string to_timestamp(model::DateTime time) {
  auto const day = date::floor<date::days>(time);
  auto const date = date::year_month_day{day};
  auto const clock = date::hh_mm_ss{time - day};
  auto text = fmt::format("{:04}-{:02}-{:02} {:02}:{:02}:{:02}", static_cast<int>(date.year()),
                          static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()), clock.hours().count(),
                          clock.minutes().count(), clock.seconds().count());
  if (clock.subseconds().count() != 0) {
    text += fmt::format(".{:06}", clock.subseconds().count());
    text.erase(text.find_last_not_of('0') + 1);
  }
  return text;
}

std::string_view same_instant(std::string_view stored, std::string& made) {
  constexpr std::string_view shape = "0000-00-00 00:00:00";
  constexpr std::size_t blank = 10;
  auto const is_digit = [](char byte) { return byte >= '0' && byte <= '9'; };
  if (stored.size() < shape.size()) return stored;
  // What AiiDA writes, nearly always: whatever the rest is, there is nothing to leave out.
  if (stored[blank] == ' ' && stored.back() >= '1' && stored.back() <= '9') return stored;
  for (std::size_t i = 0; i < shape.size(); ++i) {
    bool const fits = shape[i] == '0' ? is_digit(stored[i]) : stored[i] == shape[i];
    if (!fits && !(i == blank && stored[i] == 'T')) return stored;
  }
  auto text = stored;
  for (std::string_view const zone : {"Z", "+00:00", "+00", "-00:00"}) {
    if (!text.substr(shape.size()).ends_with(zone)) continue;
    text.remove_suffix(zone.size());
    break;
  }
  if (text.size() > shape.size()) {
    auto const fraction = text.substr(shape.size());
    if (fraction[0] != '.' || !std::ranges::all_of(fraction.substr(1), is_digit)) return stored;
    text = text.substr(0, text.find_last_not_of('0') + 1);
    if (text.ends_with('.')) text.remove_suffix(1);
  }
  if (text[blank] == ' ') return text;
  made = text;
  made[blank] = ' ';
  return made;
}

}  // namespace restapi::sql
