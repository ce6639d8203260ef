// SPDX-License-Identifier: MIT
#include "api/option_layer.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <type_traits>
#include <utility>

#include "query/suggest.hpp"

namespace restapi::api {
namespace {

constexpr char const* none = "none";

/// `a,,b` → {"a", "", "b"}.
std::vector<std::string> split(std::string const& value, char separator) {
  std::vector<std::string> parts;
  std::size_t begin = 0;
  for (auto end = value.find(separator); end != value.npos; end = value.find(separator, begin)) {
    parts.push_back(value.substr(begin, end - begin));
    begin = end + 1;
  }
  parts.push_back(value.substr(begin));
  return parts;
}

/// Empty where a value may stand.
std::string reason_against(Row const& row, std::string const& value) {
  if (value.empty()) return "must not be empty";
  // Whoever takes the text for a file's name would stop there.
  if (value.find('\0') != value.npos) return "must not contain a NUL";
  return row.check(value);
}

std::string take_value(std::optional<bool>& target, std::string const& value) {
  target = value == "true" || value == "yes" || value == "on" || value == "1";
  return "";
}

std::string take_value(std::optional<std::string>& target, std::string const& value) {
  target = value;
  return "";
}

template <class Number>
std::string take_value(std::optional<Number>& target, std::string const& value) {
  Number number = 0;
  std::from_chars(value.data(), value.data() + value.size(), number);  // checked
  target = number;
  return "";
}

template <class T>
std::string take_values(std::optional<T>& target, Row const& row, std::vector<std::string> const& values) {
  if (target || values.size() > 1) return "may be given once";
  if (values.empty()) return "must not be an empty list";
  if (auto reason = reason_against(row, values.front()); !reason.empty()) return reason;
  return take_value(target, values.front());
}

std::string take_values(std::optional<std::vector<std::string>>& target, Row const& row,
                        std::vector<std::string> const& values) {
  auto list = target.value_or(std::vector<std::string>{});
  bool const was_none = target && list.empty();
  bool is_none = values.empty();
  for (auto const& value : values) {
    for (auto& part : row.separator == ',' ? split(value, ',') : std::vector<std::string>{value}) {
      is_none = is_none || (row.may_be_none && part == none);
      if (auto reason = row.may_be_none && part == none ? "" : reason_against(row, part); !reason.empty())
        return reason;
      list.push_back(std::move(part));
    }
  }
  if (values.empty() && !row.may_be_none) return "must not be an empty list";
  if (was_none || (is_none && list.size() > 1)) return "none cannot stand beside other values";
  target = is_none ? std::vector<std::string>{} : std::move(list);
  return "";
}

template <class T>
bool has_field(Row const& row) {
  return std::holds_alternative<std::optional<T> Given::*>(row.field);
}

}  // namespace

std::string long_flag(Row const& row) {
  std::string const flags = row.flags;
  return flags.substr(flags.find("--"));
}

Row const* find_option(std::string_view name) {
  auto const rows = option_rows();
  auto const found = std::find_if(rows.begin(), rows.end(), [&](auto const& row) { return long_flag(row) == name; });
  return found == rows.end() ? nullptr : &*found;
}

std::string nearest_option(std::string_view written) {
  bool const has_dashes = written.starts_with("--");
  std::vector<std::string> names;
  for (auto const& row : option_rows()) names.push_back(long_flag(row).substr(has_dashes ? 0 : 2));
  std::vector<std::string_view> const known(names.begin(), names.end());
  auto const nearest = query::suggest(written, known);
  return nearest.starts_with("did you mean") ? "; " + nearest : "";
}

bool is_switch(Row const& row) { return has_field<bool>(row); }

bool is_list(Row const& row) { return has_field<std::vector<std::string>>(row); }

std::string options_of_sections() {
  std::vector<std::string> names;
  for (auto const& row : option_rows())
    if (row.scope == Scope::profile) names.push_back(long_flag(row).substr(2));
  return fmt::format("{}", fmt::join(names, ", "));
}

std::string take(Given& given, Row const& row, std::vector<std::string> const& values) {
  auto const reason = std::visit([&](auto field) { return take_values(given.*field, row, values); }, row.field);
  return reason.empty() ? reason : long_flag(row) + ": " + reason;
}

}  // namespace restapi::api
