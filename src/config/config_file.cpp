// SPDX-License-Identifier: MIT
#include "config/config_file.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <exception>
#include <filesystem>
#include <fstream>
#include <map>
#include <optional>
#include <sstream>
#include <string_view>
#include <system_error>
#include <toml.hpp>
#include <utility>

#include "base/utf8.hpp"

namespace restapi::config {
namespace {

constexpr std::size_t largest = std::size_t{1} << 20;

/// By toml11 rather than toml++, whose 3.3 (Debian 12) is undefined at the first letter beyond ASCII outside of quotes,
/// as in [ü] or where a text stands between typographic ones.
using Value = toml::basic_value<toml::discard_comments, std::map, std::vector>;

Error refused(std::size_t line, std::string_view reason) {
  return Error{Code::source_refused, fmt::format("line {}: {}", line, reason)};
}

Result<std::string> read_text(std::string const& path) {
  if (std::error_code ignored; std::filesystem::is_directory(path, ignored))
    return Error{Code::source_refused, "this is a folder, not a file"};
  errno = 0;
  std::ifstream file(path, std::ios::binary);
  std::string text(largest + 1, '\0');
  if (!file || (file.read(text.data(), static_cast<std::streamsize>(text.size())), file.bad()))
    return Error{Code::source_refused, "the file cannot be read: " + std::generic_category().message(errno)};
  text.resize(static_cast<std::size_t>(file.gcount()));
  if (text.empty()) return Error{Code::source_refused, "the file is empty"};
  if (text.size() > largest) return Error{Code::source_refused, "the file is larger than 1 MiB, too large for options"};
  // Here rather than in toml11 3.7, which fails an assertion while it writes its message about that.
  std::string_view rest = text;
  for (auto next = utf8::first_character(rest); next > 0; next = utf8::first_character(rest)) rest.remove_prefix(next);
  auto const before = text.end() - static_cast<std::ptrdiff_t>(rest.size());
  if (!rest.empty())
    return refused(1 + static_cast<std::size_t>(std::count(text.begin(), before, '\n')), "this is not UTF-8");
  return text;
}

/// What helps somebody who has written INI, or a name with a dot.
struct Hint {
  std::string_view reason;  ///< a part of it
  std::string_view words;
};
constexpr std::array hints{
    Hint{"already exists", "; a key may stand only once, and a section may not have the name of a key above it"},
    Hint{
        "invalid key",
        "; a name with other characters than A-Z a-z 0-9 - _ stands between quotes, as in [\"mc3d.v1\"], and a comment "
        "begins with #"},
    Hint{"", "; a line is like hostname = \"localhost\", and a text stands between quotes"},
};

/// The first line of toml11's message, without its function; the lines below quote the file, passwords and all.
std::string reason_of(std::string_view message) {
  message = message.substr(0, message.find('\n'));
  for (std::string_view const mark : {"[error] ", "toml::"})
    if (message.starts_with(mark)) message.remove_prefix(mark.size());
  auto const colon = message.find(": ");
  if (colon != message.npos && message.substr(0, colon).find(' ') == message.npos) message.remove_prefix(colon + 2);
  if (message.ends_with('.')) message.remove_suffix(1);
  auto const* const hint = std::find_if(hints.begin(), hints.end(),
                                        [&](auto const& one) { return message.find(one.reason) != message.npos; });
  return fmt::format("this is not TOML: {}{}", message, hint->words);
}

Result<Value> parse(std::string const& text) try {
  std::istringstream stream(text);
  return toml::parse<toml::discard_comments, std::map, std::vector>(stream);
} catch (toml::exception const& error) {
  return refused(error.location().line(), reason_of(error.what()));
} catch (std::exception const&) {  // numbers and dates beyond all bounds; its words are not made for people
  return Error{Code::source_refused, "this is not TOML"};
}

std::size_t line_of(Value const& value) { return value.location().line(); }

/// A text, a whole number, true or false.
std::optional<std::pair<ConfigLine::Kind, std::string>> simple(Value const& value) {
  if (value.is_string()) return std::pair{ConfigLine::Kind::text, value.as_string().str};
  if (value.is_integer()) return std::pair{ConfigLine::Kind::number, std::to_string(value.as_integer())};
  if (value.is_boolean())
    return std::pair{ConfigLine::Kind::yes_or_no, std::string(value.as_boolean() ? "true" : "false")};
  return std::nullopt;
}

Result<ConfigLine> line(std::string const& key, Value const& value) {
  ConfigLine line{key, {}, ConfigLine::Kind::list_of_texts, line_of(value)};
  if (!value.is_array()) {
    auto one = simple(value);
    if (!one)
      return refused(line.number, fmt::format("\"{}\" must be a text, a whole number, true or false, or a list", key));
    line.kind = one->first;
    line.values.push_back(std::move(one->second));
    return line;
  }
  for (auto const& element : value.as_array()) {
    if (!element.is_string())
      return refused(line.number, fmt::format("\"{}\" must not be a list, other than one of texts", key));
    line.values.push_back(element.as_string().str);
  }
  return line;
}

bool is_list_of_tables(Value const& value) {
  return value.is_array() && !value.as_array().empty() && value.as_array().front().is_table();
}

bool comes_before(ConfigLine const& one, ConfigLine const& other) { return one.number < other.number; }
bool precedes(ConfigSection const& one, ConfigSection const& other) { return one.number < other.number; }

Result<ConfigSection> section(std::string const& name, Value const& table) {
  ConfigSection section{name, {}, line_of(table)};
  for (auto const& [key, value] : table.as_table()) {
    if (value.is_table() || is_list_of_tables(value)) {
      return refused(line_of(value), fmt::format("a section in the section [{0}]; if it is one name, it stands between "
                                                 "quotes: [\"{0}.{1}\"]",
                                                 name, key));
    }
    auto one = line(key, value);
    if (!one) return std::move(one).error();
    section.lines.push_back(*std::move(one));
  }
  std::stable_sort(section.lines.begin(), section.lines.end(), comes_before);
  return section;
}

}  // namespace

Result<std::vector<ConfigSection>> read_config_file(std::string const& path) {
  auto const text = read_text(path);
  if (!text) return text.error();
  auto const root = parse(*text);
  if (!root) return root.error();
  std::vector<ConfigSection> sections;
  ConfigSection common{"", {}, 0};
  for (auto const& [key, value] : root->as_table()) {
    if (is_list_of_tables(value))
      return refused(line_of(value), fmt::format("a section is written with one pair of brackets: [{}]", key));
    if (value.is_table()) {
      auto one = section(key, value);
      if (!one) return std::move(one).error();
      sections.push_back(*std::move(one));
    } else {
      auto one = line(key, value);
      if (!one) return std::move(one).error();
      common.lines.push_back(*std::move(one));
    }
  }
  std::stable_sort(common.lines.begin(), common.lines.end(), comes_before);
  std::stable_sort(sections.begin(), sections.end(), precedes);
  sections.insert(sections.begin(), std::move(common));
  return sections;
}

}  // namespace restapi::config
