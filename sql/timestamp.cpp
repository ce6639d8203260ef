#include "sql/timestamp.hpp"

#include <date/date.h>
#include <fmt/format.h>

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

}  // namespace restapi::sql
