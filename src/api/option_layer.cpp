#include "api/option_layer.hpp"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdint>
#include <memory>
#include <sstream>
#include <string_view>
#include <type_traits>
#include <utility>

namespace restapi::api {
namespace {

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
A flag beats the file of --config, the file beats the environment (the names in
parentheses; values of a list are separated by commas, those of RESTAPI_SOURCE
and RESTAPI_PROFILE by semicolons), that beats the default (in brackets). The
strongest of the three that names a database names them all.

The file has one line for each option, without the dashes, as TOML or INI:
  source = "/srv/data/mc3d.aiida"
  port = 8080
  trusted-proxy = ["10.0.0.0/8", "192.168.1.7"]
  private-filters = true

Several databases are each served under their name, /NAME/api/v2; the first also
at /api/v2. They are opened when somebody asks. In the file each may have a
section, after all other lines:
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

Passwords are better kept in ~/.pgpass than in a URI: command lines are public.
)";

std::string help_footer() {
  constexpr std::size_t width = 80;
  auto const sections = wrapped(
      fmt::format("A section may have {}; without a source it is the profile of AiiDA with its name. What it does not "
                  "say holds as said above the sections; flags beat both.",
                  options_of_sections()),
      width);
  return fmt::format(footer, sections);
}

std::string help_of(Row const& row) {
  constexpr std::size_t width = 66;  // beside the column of the flags: a hundred in all
  auto const variable = row.environment == nullptr ? std::string() : fmt::format(" ({})", row.environment);
  return wrapped(row.help + variable, width);
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

/// One app per layer: CLI11 itself does not say where a value came from, and the choice of a database needs to know.
class LayerReader {
 public:
  LayerReader() : app_(description, "restapi") {
    app_.set_version_flag("--version", "restapi " RESTAPI_VERSION);
    app_.footer(help_footer());
    app_.formatter(std::make_shared<Help>());
    for (auto const& row : option_rows()) {
      std::visit([&](auto field) { add(row, given_.*field); }, row.field);
    }
  }

  /// Requires: called once.
  std::variant<Given, Goodbye> read(std::vector<std::string> arguments) {
    std::reverse(arguments.begin(), arguments.end());  // as CLI11 wants them
    try {
      app_.parse(arguments);
      return std::move(given_);
    } catch (CLI::CallForHelp const&) {
      return Goodbye{0, app_.help()};
    } catch (CLI::CallForVersion const&) {
      return Goodbye{0, app_.version() + "\n"};
    } catch (CLI::ParseError const& error) {
      return Goodbye{2, error.what()};
    }
  }

 private:
  void add(Row const& row, std::optional<bool>& target) {
    finish(row, app_.add_flag_function(
                    row.flags, [&target](std::int64_t count) { target = count > 0; }, help_of(row)));
  }

  template <class T>
  void add(Row const& row, std::optional<T>& target) {
    auto const assign = [&target](auto const& value) { target = value; };
    if constexpr (std::is_same_v<T, std::vector<std::string>>) {
      // One value per flag, so that a source may follow: `--trusted-proxy ::1 main`. Sources may follow each other.
      bool const is_positional = !std::string_view(row.flags).starts_with('-');
      auto* option = app_.add_option_function<T>(row.flags, assign, help_of(row))->allow_extra_args(is_positional);
      if (row.separator == ',') option->delimiter(',');
      finish(row, option);
    } else {
      finish(row, app_.add_option_function<T>(row.flags, assign, help_of(row)));
    }
  }

  void finish(Row const& row, CLI::Option* option) {
    option->check(CLI::Validator(row.check, "", row.flags))->type_name(row.value_name);
  }

  CLI::App app_;
  Given given_;
};

}  // namespace

std::string long_flag(Row const& row) {
  std::string const flags = row.flags;
  return flags.substr(flags.find("--"));
}

std::string options_of_sections() {
  std::vector<std::string> names;
  for (auto const& row : option_rows())
    if (row.scope == Scope::profile) names.push_back(long_flag(row).substr(2));
  return fmt::format("{}", fmt::join(names, ", "));
}

std::variant<Given, Goodbye> read_layer(std::vector<std::string> arguments) {
  return LayerReader().read(std::move(arguments));
}

}  // namespace restapi::api
