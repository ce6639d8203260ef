#include "api/option_help.hpp"

#include <fmt/format.h>

#include <cstddef>
#include <sstream>
#include <string_view>

#include "api/option_layer.hpp"

namespace restapi::api {
namespace {

constexpr char const* head = R"(A read-only REST server for AiiDA databases (API at /api/v2).
Usage: restapi [OPTIONS] [PROFILE|URI|FILE|FOLDER]...

Options:
  -h,--help                       Print this help message and exit
  --version                       Display program version information and exit
)";

/// Lines of at most `width` bytes, broken at blanks.
std::string wrapped(std::string const& text, std::size_t width, std::size_t indentation = 0) {
  std::string lines;
  std::size_t column = 0;
  std::istringstream words(text);
  for (std::string word; words >> word;) {
    bool const fits = column + 1 + word.size() <= width;
    if (column > 0) lines += fits ? " " : '\n' + std::string(indentation, ' ');
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

No value is empty: --token-keys "" is an error, and so are token-keys = "" and a
variable that is set to nothing. The word none says that a list is empty:
--cors-origin none.

The file is TOML, with one line for each option, without the dashes:
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
      fmt::format(
          "A section may have {}. It is about the database that is served under its name; without a source, and "
          "where nothing else has its name, that is the profile of AiiDA called so. What it does not say holds as "
          "said above the sections; flags beat both. A section about nothing that is served is an error.",
          options_of_sections()),
      width);
  return fmt::format(footer, sections);
}

/// The positional is an option as well (a file and the environment need its name), so it is listed once, as that.
std::string flags_of(Row const& row) {
  std::string_view const flags = row.flags;
  auto text = flags.starts_with('-') ? std::string(flags) : long_flag(row);
  if (!is_switch(row)) text += std::string(" ") + row.value_name;
  return is_list(row) ? text + " ..." : text;
}

/// `  --port PORT      Words about it`; the words begin on the next line where the flags are long.
std::string lines_of(Row const& row) {
  constexpr std::size_t margin = 34, width = 66;  // a hundred in all
  auto const flags = "  " + flags_of(row);
  auto const variable = row.environment == nullptr ? std::string() : fmt::format(" ({})", row.environment);
  auto const gap = flags.size() < margin ? std::string(margin - flags.size(), ' ') : '\n' + std::string(margin, ' ');
  return flags + gap + wrapped(row.help + variable, width, margin) + '\n';
}

}  // namespace

std::string option_help() {
  std::string text = head;
  for (auto const& row : option_rows()) text += lines_of(row);
  return text + help_footer();
}

}  // namespace restapi::api
