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
#include <variant>

#include "base/passwords.hpp"
#include "base/utf8.hpp"

namespace restapi::config {
namespace {

constexpr std::size_t largest = std::size_t{1} << 20;

/// By toml11 rather than toml++, whose 3.3 (Debian 12) is undefined at the first letter beyond ASCII outside of quotes,
/// as in [ü] or where a text stands between typographic ones.
using Value = toml::basic_value<toml::discard_comments, std::map, std::vector>;

using Mistakes = std::vector<ConfigMistake>;

/// Or why it cannot be read.
template <class T>
using Read = std::variant<T, ConfigMistake>;

Read<std::string> read_text(std::string const& path) {
  if (std::error_code ignored; std::filesystem::is_directory(path, ignored))
    return ConfigMistake{.reason = "this is a folder, not a file"};
  errno = 0;
  std::ifstream file(path, std::ios::binary);
  std::string text(largest + 1, '\0');
  if (!file || (file.read(text.data(), static_cast<std::streamsize>(text.size())), file.bad()))
    return ConfigMistake{.reason = "the file cannot be read: " + std::generic_category().message(errno)};
  text.resize(static_cast<std::size_t>(file.gcount()));
  if (text.empty()) return ConfigMistake{.reason = "the file is empty"};
  if (text.size() > largest) return ConfigMistake{.reason = "the file is larger than 1 MiB, too large for options"};
  // Here rather than in toml11 3.7, which fails an assertion while it writes its message about that.
  std::string_view rest = text;
  for (auto next = utf8::first_character(rest); next > 0; next = utf8::first_character(rest)) rest.remove_prefix(next);
  auto const before = text.end() - static_cast<std::ptrdiff_t>(rest.size());
  if (!rest.empty())
    return ConfigMistake{.line = 1 + static_cast<std::size_t>(std::count(text.begin(), before, '\n')),
                         .reason = "this is not UTF-8"};
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

/// With `…` for a key or section in quotes that may hold a password.
std::string without_long_names(std::string_view message) {
  auto const begin = message.find('"');
  auto const end = message.rfind('"');
  if (begin == end || !may_hold_password(message.substr(begin + 1, end - begin - 1))) return std::string(message);
  return fmt::format("{}…{}", message.substr(0, begin + 1), message.substr(end));
}

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
  return fmt::format("this is not TOML: {}{}", without_long_names(message), hint->words);
}

/// toml11 reads what is nested by calling itself, without a limit. Brackets in texts and comments count as well: no
/// option is so long a list.
std::optional<std::size_t> line_of_deep_nesting(std::string_view text) {
  constexpr int deepest = 1'000;
  int depth = 0;
  std::size_t line = 1;
  for (char const c : text) {
    depth += (c == '[' || c == '{') - (c == ']' || c == '}');
    line += c == '\n';
    if (depth > deepest) return line;
  }
  return std::nullopt;
}

Read<Value> parse(std::string const& text) try {
  if (auto const line = line_of_deep_nesting(text))
    return ConfigMistake{.line = *line, .reason = "there are more than 1000 lists in lists"};
  std::istringstream stream(text);
  return toml::parse<toml::discard_comments, std::map, std::vector>(stream);
} catch (toml::exception const& error) {
  return ConfigMistake{.line = error.location().line(), .reason = reason_of(error.what())};
} catch (std::exception const&) {  // numbers and dates beyond all bounds; its words are not made for people
  return ConfigMistake{.reason = "this is not TOML"};
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

/// Lines of a section, and what is wrong with them.
class SectionReader {
 public:
  SectionReader(ConfigSection& section, Mistakes& mistakes) : section_(section), mistakes_(mistakes) {}

  void read(std::string const& key, Value const& value) {
    ConfigLine line{key, {}, ConfigLine::Kind::list_of_texts, line_of(value)};
    if (!value.is_array()) {
      auto one = simple(value);
      if (!one) return refuse(line, "must be a text, a whole number, true or false, or a list");
      line.kind = one->first;
      line.values.push_back(std::move(one->second));
    } else {
      for (auto const& element : value.as_array()) {
        if (!element.is_string()) return refuse(line, "must not be a list, other than one of texts");
        line.values.push_back(element.as_string().str);
      }
    }
    section_.lines.push_back(std::move(line));
  }

 private:
  void refuse(ConfigLine const& line, std::string_view reason) {
    mistakes_.push_back({line.number, section_.name, fmt::format("\"{}\" {}", shown_name(line.key), reason)});
  }

  ConfigSection& section_;
  Mistakes& mistakes_;
};

bool is_list_of_tables(Value const& value) {
  return value.is_array() && !value.as_array().empty() && value.as_array().front().is_table();
}

bool comes_before(ConfigLine const& one, ConfigLine const& other) { return one.number < other.number; }
bool precedes(ConfigSection const& one, ConfigSection const& other) { return one.number < other.number; }
bool stands_above(ConfigMistake const& one, ConfigMistake const& other) { return one.line < other.line; }

ConfigSection read_section(std::string const& name, Value const& table, Mistakes& mistakes) {
  ConfigSection section{name, {}, line_of(table)};
  SectionReader reader(section, mistakes);
  for (auto const& [key, value] : table.as_table()) {
    if (value.is_table() || is_list_of_tables(value))
      mistakes.push_back({line_of(value), name,
                          fmt::format("a section in a section; if it is one name, it stands between quotes: [\"{}\"]",
                                      shown_name(fmt::format("{}.{}", name, key)))});
    else
      reader.read(key, value);
  }
  std::stable_sort(section.lines.begin(), section.lines.end(), comes_before);
  return section;
}

}  // namespace

ConfigText read_config_file(std::string const& path) {
  auto const text = read_text(path);
  if (auto const* mistake = std::get_if<ConfigMistake>(&text)) return {{ConfigSection{}}, {*mistake}};
  auto const root = parse(std::get<std::string>(text));
  if (auto const* mistake = std::get_if<ConfigMistake>(&root)) return {{ConfigSection{}}, {*mistake}};
  ConfigText read;
  ConfigSection common;
  SectionReader reader(common, read.mistakes);
  for (auto const& [key, value] : std::get<Value>(root).as_table()) {
    if (is_list_of_tables(value))
      read.mistakes.push_back(
          {line_of(value), "", fmt::format("a section is written with one pair of brackets: [{}]", shown_name(key))});
    else if (value.is_table())
      read.sections.push_back(read_section(key, value, read.mistakes));
    else
      reader.read(key, value);
  }
  std::stable_sort(common.lines.begin(), common.lines.end(), comes_before);
  std::stable_sort(read.sections.begin(), read.sections.end(), precedes);
  read.sections.insert(read.sections.begin(), std::move(common));
  std::stable_sort(read.mistakes.begin(), read.mistakes.end(), stands_above);
  return read;
}

}  // namespace restapi::config
