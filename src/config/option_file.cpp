// SPDX-License-Identifier: MIT
#include "config/option_file.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "config/config_file.hpp"
#include "config/profile_name.hpp"

namespace restapi::config {
namespace {

using Kind = ConfigLine::Kind;

/// Why a line cannot stand where it does; empty where it can.
std::string reason_against(Row const* row, std::string const& key, bool is_section) {
  auto const allowed = fmt::format("a section may have {}", options_of_sections());
  if (row == nullptr || row->environment == nullptr) {
    return is_section ? fmt::format("there is no option \"{}\" for a section; {}", key, allowed)
                      : fmt::format("there is no option \"{}\" for a file{}", key,
                                    row == nullptr ? nearest_option(key) : "; it belongs on the command line");
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

std::string take_line(Layer& layer, ConfigLine const& line, bool is_section) {
  auto const* row = find_option("--" + line.key);
  if (auto reason = reason_against(row, line.key, is_section); !reason.empty()) return reason;
  auto const reason = reason_against(*row, line.kind);
  return reason.empty() ? take(layer, *row, line.values) : fmt::format("{}: {}", long_flag(*row), reason);
}

/// The reason why not; empty where all is well.
std::string take_section(Layer& layer, ConfigSection const& section, std::string const& where) {
  bool const is_section = section.number != 0;
  auto const name = is_section ? fmt::format("[{}]: ", section.name) : std::string();
  for (auto const& line : section.lines) {
    if (auto const reason = take_line(layer, line, is_section); !reason.empty())
      return fmt::format("{}line {}: {}{}", where, line.number, name, reason);
  }
  auto const in_section = fmt::format("{}line {}: {}", where, section.number, name);
  if (!is_section) return "";
  if (auto const reason = check_profile_name(section.name); !reason.empty())
    return in_section + "the name of a section " + reason;
  if (auto const* source = find_setting(layer, Names::sources); source != nullptr && source->values.size() > 1)
    return in_section + "a section has one source; a further database is a further section";
  return "";
}

}  // namespace

std::variant<OptionFile, EarlyExit> read_option_file(std::string const& path) {
  auto const where = fmt::format("\"{}\": ", path);
  auto const sections = read_config_file(path);
  if (!sections) return EarlyExit{2, where + sections.error().message};
  OptionFile file;
  for (auto const& section : *sections) {
    Layer layer;
    if (auto reason = take_section(layer, section, where); !reason.empty()) return EarlyExit{2, std::move(reason)};
    if (section.number == 0)
      file.common = std::move(layer);
    else
      file.sections.push_back({section.name, std::move(layer)});
  }
  return file;
}

}  // namespace restapi::config
