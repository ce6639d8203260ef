// SPDX-License-Identifier: MIT
#include "config/command_line.hpp"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <memory>
#include <sstream>
#include <string>
#include <string_view>
#include <utility>

#include "base/passwords.hpp"
#include "base/program_version.hpp"

namespace restapi::config {
namespace {

using Words = std::vector<std::string>;

constexpr char const* description = "A read-only REST server for AiiDA databases (API at /api/v2).";

/// Lines of at most `width` bytes, broken at blanks.
std::string wrapped(std::string const& text, std::size_t width) {
  std::string lines;
  std::size_t column = 0;
  std::istringstream words(text);
  for (std::string word; words >> word;) {
    bool const fits = column + 1 + word.size() <= width;
    if (column > 0) lines += fits ? ' ' : '\n';
    column = fits ? column + 1 + word.size() : word.size();
    lines += word;
  }
  return lines;
}

/// {} stands for the options of a section.
constexpr char const* footer = R"(
Flags override the file of --config, the file overrides the environment (the
names in parentheses), and that overrides the defaults (in brackets). The first
of the three that names any database decides which are served. The values of a
list are separated by commas, those of RESTAPI_SOURCE and RESTAPI_PROFILE by
semicolons.

Values are never empty: --token-keys "" is an error, and so are token-keys = ""
and a variable that is set to nothing. The word none stands for an empty list:
--cors-origin none.

The file is TOML, with one line for each option, without the dashes:
  source = "/srv/data/mc3d.aiida"
  port = 8080
  trusted-proxy = ["10.0.0.0/8", "192.168.1.7"]
  private-filters = true

Each of several databases is served under its name, /NAME/api/v2, and the first
also at /api/v2. They are opened on the first request. In the file each may have
a section, after all other lines:
  port = 8080
  cors-origin = "https://example.org"
  [mc3d]
  source = "/srv/data/mc3d.aiida"
  [main]
  token-keys = "/etc/restapi/keys.json"

{}

Examples:
  restapi                                   the default profile, else the demo
  restapi -p main -P 8080                   a profile of AiiDA on port 8080
  restapi mc3d.aiida                        an archive
  restapi postgresql://reader@db.example.org/aiida
  restapi "host=/run/postgresql dbname=aiida user=reader"
  restapi --demo -H 0.0.0.0 -P 0            the demo, on any free port
  restapi -p main -p mc3d=export.aiida      two databases, /main and /mc3d
  restapi /srv/archives/                    each archive of a folder

Keep passwords in ~/.pgpass rather than in a URI: other users can read command
lines.
)";

std::string help_footer() {
  constexpr std::size_t width = 80;
  auto const sections = wrapped(
      fmt::format(
          "A section may have {}. It applies to the database that is served under its name; without a source, and if "
          "nothing else has this name, that is the AiiDA profile with this name. What it does not say is taken from "
          "above the sections; flags override both. A section that applies to nothing that is served is an error.",
          options_of_sections()),
      width);
  return fmt::format(footer, sections);
}

std::string help_of(Row const& row) {
  constexpr std::size_t width = 66;  // beside the column of the flags: a hundred in all
  auto const standard = default_of(row);
  return wrapped(fmt::format("{}{}{}", row.help, standard.empty() ? "" : fmt::format(" [{}]", standard),
                             row.environment == nullptr ? "" : fmt::format(" ({})", row.environment)),
                 width);
}

/// The positional is an option as well (a file and the environment need its name), so it is listed once, there.
class Help : public CLI::Formatter {
 public:
  Help() { column_width(34); }
  std::string make_usage(CLI::App const*, std::string) const override {
    return "Usage: restapi [OPTIONS] [PROFILE|URI|FILE|FOLDER]...\n";
  }
  std::string make_positionals(CLI::App const*) const override { return {}; }
};

/// CLI11 takes whatever comes next for the value of an option.
bool is_no_value(std::string const& value) { return value.starts_with('-') && value != "-"; }

/// `, not --token-keys` of `--token-keys=…`.
std::string not_this(std::string const& option) {
  auto const name = option.substr(0, option.find('='));
  return may_hold_password(name) ? "" : ", not " + name;
}

class Reader {
 public:
  explicit Reader(Mistakes& mistakes) : app_(description, "restapi"), mistakes_(mistakes) {
    app_.set_version_flag("--version", "restapi " + std::string(program_version()));
    app_.footer(help_footer());
    app_.formatter(std::make_shared<Help>());
    for (auto const& row : option_rows()) add(row);
  }

  /// Requires: called once.
  std::variant<Layer, EarlyExit> read(Words words) {
    std::reverse(words.begin(), words.end());  // as CLI11 wants them
    try {
      app_.parse(words);
      return std::move(layer_);
    } catch (CLI::CallForHelp const&) {
      return EarlyExit{app_.help()};
    } catch (CLI::CallForVersion const&) {
      return EarlyExit{app_.version() + "\n"};
    } catch (CLI::ParseError const& error) {
      mistakes_.push_back(error.what());
      return std::move(layer_);
    }
  }

 private:
  void add(Row const& row) {
    if (is_switch(row)) {
      auto const set = [this, &row](std::int64_t count) { say(row, {count > 0 ? "true" : "false"}); };
      app_.add_flag_function(row.flags, set, help_of(row))->type_name(row.value_name);
      return;
    }
    auto const set = [this, &row](CLI::results_t const& values) {
      auto const bad = std::find_if(values.begin(), values.end(), [](auto const& value) { return is_no_value(value); });
      if (bad == values.end())
        say(row, values);
      else
        mistakes_.push_back(fmt::format("{}: a value must follow{}", long_flag(row), not_this(*bad)));
      return true;
    };
    auto* const option = app_.add_option(row.flags, set, help_of(row))->type_name(row.value_name);
    // Said twice is for take() to judge. One value for each flag, so that a source may follow: `--trusted-proxy ::1
    // main`; sources may follow each other.
    option->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
    if (is_list(row))
      option->expected(1, CLI::detail::expected_max_vector_size)
          ->allow_extra_args(!std::string_view(row.flags).starts_with('-'));
  }

  void say(Row const& row, std::vector<std::string> const& values) {
    if (auto reason = take(layer_, row, values); !reason.empty()) mistakes_.push_back(std::move(reason));
  }

  CLI::App app_;
  Mistakes& mistakes_;
  Layer layer_;
};

bool is_short(std::string_view word) { return word.starts_with('-') && !word.starts_with("--") && word.size() > 1; }

/// The option of `-p` and `-pmain`, or of `--profile`; nothing where there is none.
Row const* option_of(std::string_view word) {
  if (!is_short(word)) return find_option(word);
  auto const rows = option_rows();
  auto const found = std::find_if(rows.begin(), rows.end(), [&](auto const& row) {
    return std::string_view(row.flags).starts_with(std::string(word.substr(0, 2)) + ",");
  });
  return found == rows.end() ? nullptr : &*found;
}

/// Whether the word is an option whose value is the next one.
bool takes_next(std::string const& word) {
  if (is_short(word) && word.size() > 2) return false;
  auto const* const row = option_of(word);
  return row != nullptr && !is_switch(*row);
}

/// Why a word cannot stand where it does; empty where it can. CLI11 2.1 would take the next word for an empty value,
/// and a source in brackets for a list.
std::string reason_against(Words const& words, std::size_t i) {
  std::string_view const word = words[i];
  bool const is_value = i > 0 && takes_next(words[i - 1]);
  auto const place = is_value ? words[i - 1] : fmt::format("argument {}", i + 1);
  if (word.empty()) return place + ": must not be empty";
  if (is_value) return "";
  if (word.starts_with('[') && word.ends_with(']'))
    return place + ": a list in brackets belongs into the file of --config; a file that is called so is ./[…]";
  if (!word.starts_with('-') || word == "-" || word == "--") return "";
  auto const name = word.substr(0, word.find('='));
  if (name.size() + 1 == word.size()) return fmt::format("{}: must not be empty", name);
  if (i + 1 == words.size() && takes_next(words[i])) return long_flag(*option_of(word)) + ": a value must follow";
  if (name == "--help" || name == "--version" || word.starts_with("-h")) return "";
  auto const* const row = option_of(name);
  if (row == nullptr)
    return is_short(word) ? fmt::format("there is no option {}", word.substr(0, 2))
                          : fmt::format("there is no option {}{}", shown_name(name), nearest_option(name));
  // CLI11 would stop at a switch that says something else.
  auto const reason = is_switch(*row) && name != word ? row->check(std::string(word.substr(name.size() + 1))) : "";
  return reason.empty() ? "" : fmt::format("{}: {}", name, reason);
}

/// Whether the word is an option that does not exist, with the next word for its value, or so it seems.
bool takes_next_in_vain(Words const& words, std::size_t i) {
  std::string_view const word = words[i];
  return word.starts_with('-') && word.find('=') == word.npos && option_of(word) == nullptr && i + 1 < words.size() &&
         !words[i + 1].starts_with('-');
}

}  // namespace

std::variant<Layer, EarlyExit> read_command_line(Words const& words, Mistakes& mistakes) {
  Words right;
  for (std::size_t i = 0; i < words.size(); ++i) {
    auto reason = reason_against(words, i);
    if (reason.empty()) {
      right.push_back(words[i]);
      continue;
    }
    mistakes.push_back(std::move(reason));
    if (i > 0 && takes_next(words[i - 1])) right.pop_back();  // its option
    if (takes_next_in_vain(words, i)) ++i;
  }
  return Reader(mistakes).read(std::move(right));
}

}  // namespace restapi::config
