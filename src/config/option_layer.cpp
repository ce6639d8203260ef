// SPDX-License-Identifier: MIT
#include "config/option_layer.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <concepts>
#include <iterator>
#include <utility>

#include "base/suggest.hpp"

namespace restapi::config {
namespace {

using Values = std::vector<std::string>;

constexpr char const* none = "none";

template <class... Functions>
struct Overloaded : Functions... {
  using Functions::operator()...;
};
template <class... Functions>
Overloaded(Functions...) -> Overloaded<Functions...>;  // clang 14 asks for it

/// `a,,b` → {"a", "", "b"}.
Values split(std::string const& value, char separator) {
  Values parts;
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
  // As on the command line, where the next option would be taken for the value.
  if (value.starts_with('-') && value != "-") return "must not begin with a dash";
  return row.check(value);
}

std::string check_one(Row const& row, Values const& values) {
  if (values.size() > 1) return "may be given once";
  if (values.empty()) return "must not be an empty list";
  return reason_against(row, values.front());
}

/// Leaves the single values in `values`.
std::string check_list(Row const& row, Values& values) {
  if (values.empty()) return row.may_be_none ? "" : "must not be an empty list";
  Values parts;
  for (auto& value : values) {
    auto more = names_databases(row) ? Values{std::move(value)} : split(value, ',');
    std::move(more.begin(), more.end(), std::back_inserter(parts));
  }
  auto const is_none = [&](auto const& part) { return row.may_be_none && part == none; };
  for (auto const& part : parts)
    if (auto reason = is_none(part) ? "" : reason_against(row, part); !reason.empty()) return reason;
  bool const has_none = std::any_of(parts.begin(), parts.end(), is_none);
  if (has_none && parts.size() > 1) return "none cannot stand beside other values";
  values = has_none ? Values{} : std::move(parts);
  return "";
}

// All values are checked.

void set(bool& field, Values const& values) { field = is_on(values.front()); }

template <std::unsigned_integral Number>
void set(Number& field, Values const& values) {
  std::from_chars(values.front().data(), values.front().data() + values.front().size(), field);
}

void set(std::optional<std::uint16_t>& field, Values const& values) { set(field.emplace(), values); }

void set(std::string& field, Values const& values) { field = values.front(); }

void set(Values& field, Values const& values) { field = values; }

void set(std::vector<http::AddressRange>& field, Values const& values) {
  field.clear();
  for (auto const& value : values) field.push_back(*http::AddressRange::parse(value));
}

template <class Object>
void apply_to(Object& object, Layer const& layer) {
  for (auto const& setting : layer) {
    std::visit(Overloaded{[&]<class T>(T Object::*field) { set(object.*field, setting.values); }, [](auto) {}},
               setting.row->field);
  }
}

/// Calls `use` with each field of ProfileOptions that an option sets.
template <class Use>
void for_each_access(Use const& use) {
  for (auto const& row : option_rows())
    std::visit(Overloaded{[&]<class T>(T ProfileOptions::*field) { use(field); }, [](auto) {}}, row.field);
}

/// Of the options that `may_be_meant`.
template <class Filter>
std::string nearest_of(std::string_view written, Filter may_be_meant) {
  bool const has_dashes = written.starts_with("--");
  std::vector<std::string> names;
  for (auto const& row : option_rows())
    if (may_be_meant(row)) names.push_back(long_flag(row).substr(has_dashes ? 0 : 2));
  std::vector<std::string_view> const known(names.begin(), names.end());
  auto const nearest = restapi::nearest(written, known);
  return nearest ? fmt::format("; did you mean \"{}\"?", *nearest) : "";
}

template <class... Fields>
bool is_any(Row const& row) {
  return (std::holds_alternative<Fields>(row.field) || ...);
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
  return nearest_of(written, [](auto const&) { return true; });
}

std::string nearest_section_option(std::string_view written) { return nearest_of(written, may_stand_in_section); }

std::string default_of(Row const& row) {
  if (*row.default_words != '\0') return row.default_words;
  Options const options;
  auto const number = [&](auto field) { return std::to_string(options.*field); };
  return std::visit(
      Overloaded{[&](unsigned Options::*field) { return number(field); },
                 [&](std::uint16_t Options::*field) { return number(field); },
                 [&](std::string Options::*field) { return options.*field; }, [](auto) { return std::string(); }},
      row.field);
}

bool is_switch(Row const& row) {
  return is_any<bool Options::*, bool ProfileOptions::*>(row) || row.field == Field(Names::demo);
}

bool is_list(Row const& row) {
  return is_any<Values Options::*, Values ProfileOptions::*, std::vector<http::AddressRange> Options::*>(row) ||
         (names_databases(row) && !is_switch(row));
}

bool is_text(Row const& row) {
  return is_list(row) || is_any<std::string Options::*, std::string ProfileOptions::*>(row);
}

bool names_databases(Row const& row) { return is_any<Names>(row); }

bool may_stand_in_section(Row const& row) {
  return is_any<bool ProfileOptions::*, std::string ProfileOptions::*, Values ProfileOptions::*>(row) ||
         row.field == Field(Names::sources);
}

std::string options_of_sections() {
  std::vector<std::string> names;
  for (auto const& row : option_rows())
    if (may_stand_in_section(row)) names.push_back(long_flag(row).substr(2));
  return fmt::format("{}", fmt::join(names, ", "));
}

std::string take(Layer& layer, Row const& row, std::vector<std::string> const& values, std::string place) {
  Setting setting{&row, values, std::move(place)};
  auto const reason = is_list(row) ? check_list(row, setting.values) : check_one(row, values);
  if (!reason.empty()) return long_flag(row) + ": " + reason;
  layer.push_back(std::move(setting));
  return "";
}

Setting const* find_setting(Layer const& layer, Field const& field) {
  auto const found = std::find_if(layer.begin(), layer.end(), [&](auto const& one) { return one.row->field == field; });
  return found == layer.end() ? nullptr : &*found;
}

void apply(Layer const& layer, Options& options) { apply_to(options, layer); }

void apply(Layer const& layer, ProfileOptions& profile) { apply_to(profile, layer); }

bool have_same_access(ProfileOptions const& one, ProfileOptions const& other) {
  bool are_same = true;
  for_each_access([&](auto field) { are_same = are_same && one.*field == other.*field; });
  return are_same;
}

void copy_access(ProfileOptions const& from, ProfileOptions& to) {
  for_each_access([&](auto field) { to.*field = from.*field; });
}

}  // namespace restapi::config
