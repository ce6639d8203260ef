#include "api/config_file.hpp"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <fstream>
#include <optional>
#include <sstream>
#include <string_view>
#include <utility>

namespace restapi::api {
namespace {

constexpr std::string_view blanks = " \t\r";

std::string_view trimmed(std::string_view text) {
  auto const begin = std::min(text.find_first_not_of(blanks), text.size());
  return text.substr(begin, text.find_last_not_of(blanks) + 1 - begin);
}

/// The line up to a # that is not in quotes; CLI11's reader would also end a password there.
std::string_view without_comment(std::string_view line) {
  char quote = '\0';
  for (std::size_t i = 0; i < line.size(); ++i) {
    bool const may_open = i > 0 && std::string_view("=[, \t").find(line[i - 1]) != std::string_view::npos;
    if (quote != '\0')
      quote = line[i] == quote ? '\0' : quote;
    else if ((line[i] == '"' || line[i] == '\'') && may_open)
      quote = line[i];
    else if (line[i] == '#')
      return line.substr(0, i);
  }
  return line;
}

/// The name in a line like `[name]`, `["name"]  # comment`; none where the line is something else.
std::optional<std::string> section_name(std::string_view line) {
  line = trimmed(line);
  if (!line.starts_with('[')) return std::nullopt;
  line = trimmed(line.substr(1));
  bool const is_quoted = line.starts_with('"') || line.starts_with('\'');
  auto const end = is_quoted ? line.find(line.front(), 1) : line.find(']');
  if (end == line.npos) return std::nullopt;
  auto const rest = trimmed(line.substr(is_quoted ? end + 1 : end));
  auto const after = rest.starts_with(']') ? trimmed(rest.substr(1)) : "?";
  if (!after.empty() && !after.starts_with('#') && !after.starts_with(';')) return std::nullopt;
  return std::string(is_quoted ? line.substr(1, end - 1) : trimmed(line.substr(0, end)));
}

std::vector<ConfigLine> lines_of(std::string const& text) {
  std::istringstream stream(text);
  std::vector<ConfigLine> lines;
  CLI::ConfigTOML reader;
  reader.comment('\0');  // none are left
  for (auto& item : reader.from_config(stream)) lines.push_back({item.fullname(), std::move(item.inputs)});
  return lines;
}

}  // namespace

Result<std::vector<ConfigSection>> read_config_file(std::string const& path) try {
  std::ifstream file(path);
  if (!file) return Error{Code::source_refused, "the file cannot be read"};
  if (file.peek() == std::ifstream::traits_type::eof()) return Error{Code::source_refused, "the file is empty"};
  // Sections are cut out here: CLI11's reader takes dots in their names for nesting, and [default] for no section.
  std::vector<std::pair<std::string, std::string>> parts(1);
  for (std::string line; std::getline(file, line);) {
    if (auto name = section_name(line))
      parts.emplace_back(*std::move(name), "");
    else if (trimmed(line).starts_with('['))
      return Error{Code::source_refused, fmt::format("a line begins with [ and is no section like [NAME]: {}", line)};
    else
      (parts.back().second += without_comment(line)) += '\n';
  }
  std::vector<ConfigSection> sections;
  for (auto const& [name, text] : parts) {
    bool const is_repeated = std::any_of(sections.begin() + (sections.empty() ? 0 : 1), sections.end(),
                                         [&, &wanted = name](auto const& section) { return section.name == wanted; });
    if (is_repeated) return Error{Code::source_refused, fmt::format("the section [{}] is there twice", name)};
    sections.push_back({name, lines_of(text)});
  }
  return sections;
} catch (CLI::Error const& error) {
  return Error{Code::source_refused, error.what()};
}

}  // namespace restapi::api
