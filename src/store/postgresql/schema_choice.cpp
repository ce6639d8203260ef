// SPDX-License-Identifier: MIT
#include "store/postgresql/schema_choice.hpp"

#include <algorithm>
#include <utility>

#include "base/ascii.hpp"

namespace restapi::store {

Result<std::string> choose_schema(std::span<SchemaFound const> found) {
  if (found.empty()) return std::string();
  if (found.front().is_on_path || found.size() == 1) return found.front().name;
  std::string names;
  for (auto const& schema : found) names += (names.empty() ? "" : ", ") + schema.name;
  return Error{Code::source_refused,
               "AiiDA's tables are in several schemas of the database: " + names,
               "say which with the role's search path, for example ALTER ROLE reader SET search_path = " +
                   found.front().name + ", or with options=-csearch_path%3D" + found.front().name + " in the URI",
               {},
               {},
               "AiiDA's tables are in several schemas of the database"};
}

// As servers split them (PostgreSQL 15, 34.1.2: a backslash keeps a blank) and read them: `-c name=value`,
// `-cname=value`, `--name=value`; the last one counts.
std::optional<std::string> search_path_in(std::string_view options) {
  constexpr std::string_view blanks = " \t\n\v\f\r";
  std::optional<std::string> path;
  bool is_setting = false;  // the word before was -c
  for (;;) {
    options.remove_prefix(std::min(options.find_first_not_of(blanks), options.size()));
    if (options.empty()) return path;
    std::string word;
    for (; !options.empty() && blanks.find(options.front()) == blanks.npos; options.remove_prefix(1)) {
      if (options.front() == '\\' && options.size() > 1) options.remove_prefix(1);
      word += options.front();
    }
    bool const begins = word.starts_with("-c") || word.starts_with("--");
    bool const is_value = std::exchange(is_setting, !is_setting && word == "-c");
    if (!is_value && !begins) continue;
    if (!is_value) word.erase(0, 2);
    auto const end = word.find('=');
    if (end == word.npos) continue;
    auto name = in_ascii_lower_case(word.substr(0, end));
    std::ranges::replace(name, '-', '_');
    if (name == "search_path") path = word.substr(end + 1);
  }
}

std::string SchemaName::get() const {
  std::lock_guard const lock(mutex_);
  return name_;
}

void SchemaName::set(std::string name) {
  std::lock_guard const lock(mutex_);
  name_ = std::move(name);
}

}  // namespace restapi::store
