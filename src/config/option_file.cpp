// SPDX-License-Identifier: MIT
#include "config/option_file.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <system_error>
#include <utility>

#include "base/passwords.hpp"
#include "config/config_file.hpp"
#include "config/profile_name.hpp"

namespace restapi::config {
namespace {

using Kind = ConfigLine::Kind;

/// Why a line cannot stand where it does; empty where it can.
std::string reason_against(Row const* row, std::string const& key, bool is_section) {
  auto const allowed = fmt::format("a section may have {}", options_of_sections());
  if (row == nullptr || row->environment == nullptr) {
    auto const place = is_section ? "section" : "file";
    auto const is_elsewhere = row != nullptr;
    auto const nearest = is_elsewhere ? "" : is_section ? nearest_section_option(key) : nearest_option(key);
    return fmt::format("there is no option \"{}\" for a {}{}{}", shown_name(key), place, nearest,
                       is_section     ? "; " + allowed
                       : is_elsewhere ? "; it belongs on the command line"
                                      : "");
  }
  if (is_section && key == "profile") return "a section names its database with source: source = \"main\"";
  return is_section && !may_stand_in_section(*row)
             ? fmt::format("\"{}\" holds for all profiles and belongs above the sections; {}", key, allowed)
             : "";
}

/// Why the option cannot have a value that is written so; empty where it can.
std::string reason_against(Row const& row, Kind kind) {
  if (kind == Kind::list_of_texts && !is_list(row)) return "has one value, not a list";
  if (is_text(row) && (kind == Kind::number || kind == Kind::yes_or_no)) return "must be a text, between quotes";
  return "";
}

/// The reason why not; empty where all is well.
std::string take_line(Layer& layer, ConfigLine const& line, bool is_section, std::string const& place) {
  auto const* row = find_option("--" + line.key);
  if (auto reason = reason_against(row, line.key, is_section); !reason.empty()) return reason;
  auto const reason = reason_against(*row, line.kind);
  return reason.empty() ? take(layer, *row, line.values, place) : fmt::format("{}: {}", long_flag(*row), reason);
}

/// What is wrong with the section itself; empty where all is well.
std::string reason_against(OptionFile::Section const& section) {
  if (auto const reason = check_profile_name(section.name); !reason.empty()) return "the name of a section " + reason;
  auto const* source = find_setting(section.layer, Names::sources);
  return source != nullptr && source->values.size() > 1
             ? "a section has one source; a further database is a further section"
             : "";
}

/// `"restapi.toml", line 7, section [mc3d]`
std::string place_of(std::string const& file, std::size_t line, std::string const& section) {
  return fmt::format("\"{}\"{}{}", file, line == 0 ? "" : fmt::format(", line {}", line),
                     section.empty() ? "" : fmt::format(", section [{}]", shown_name(section)));
}

}  // namespace

OptionFile read_option_file(std::string const& path, std::string const& called, Mistakes& mistakes) {
  auto text = read_config_file(path);
  std::error_code ignored;
  auto const name = std::filesystem::exists(path, ignored) ? called : shown_missing_path(called);
  OptionFile file;
  for (auto const& section : text.sections) {
    bool const is_section = section.number != 0;
    auto const refuse = [&](std::size_t line, std::string reason) {
      if (!reason.empty()) text.mistakes.push_back({line, section.name, std::move(reason)});
    };
    auto const has_mistakes = [&] {
      return std::any_of(text.mistakes.begin(), text.mistakes.end(),
                         [&](auto const& mistake) { return mistake.section == section.name; });
    };
    OptionFile::Section read{section.name, {}, place_of(name, section.number, section.name)};
    for (auto const& line : section.lines)
      refuse(line.number, take_line(read.layer, line, is_section, place_of(name, line.number, section.name)));
    // What may be wrong is its source: then nobody knows which database it is about.
    bool const is_about_nothing = find_setting(read.layer, Names::sources) == nullptr && has_mistakes();
    if (!is_section)
      file.common = std::move(read.layer);
    else if (auto reason = reason_against(read); !reason.empty())
      refuse(section.number, std::move(reason));
    else if (!is_about_nothing)
      file.sections.push_back(std::move(read));
  }
  std::stable_sort(text.mistakes.begin(), text.mistakes.end(),
                   [](auto const& one, auto const& other) { return one.line < other.line; });
  for (auto const& [line, section, reason] : text.mistakes)
    mistakes.push_back(fmt::format("{}: {}", place_of(name, line, section), reason));
  return file;
}

}  // namespace restapi::config
