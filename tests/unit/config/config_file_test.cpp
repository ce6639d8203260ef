// SPDX-License-Identifier: MIT
#include "config/config_file.hpp"

#include <fmt/format.h>

#include <catch2/catch.hpp>

#include "reading.hpp"

using namespace restapi;
using namespace restapi::test;

namespace {

/// `key=value,value;` of each line, with `[name]` before those of a section; or the error.
std::string read(std::string const& text) {
  ConfigFile const file(text);
  auto const [sections, mistakes] = config::read_config_file(file.path());
  for (auto const& [line, section, reason] : mistakes)
    return fmt::format("{}{}{}", line == 0 ? "" : fmt::format("line {}: ", line),
                       section.empty() ? "" : "[" + section + "]: ", reason);
  std::string shown;
  for (auto const& section : sections) {
    if (section.number != 0) shown += "[" + section.name + "]";
    for (auto const& line : section.lines) {
      shown += line.key + "=";
      for (auto const& value : line.values) shown += (shown.ends_with('=') ? "" : ",") + value;
      shown += ";";
    }
  }
  return shown;
}

}  // namespace

TEST_CASE("the file says what TOML says", "[options][file]") {
  struct Case {
    std::string text;
    std::string read;
  };
  Case const cases[] = {
      {"b = 1\na = 2\n[z]\ny = 'x'\n[c]\n", "b=1;a=2;[z]y=x;[c]"},
      {"\xEF\xBB\xBF"
       "a = 1\r\n[x]\r\nb = 2\r\n",
       "a=1;[x]b=2;"},
      {"a = 0x10\nb = 1_000\nc = +5\nd = \"7\"\n", "a=16;b=1000;c=5;d=7;"},
      {"a = true\nb = false\nc = 'true'\n", "a=true;b=false;c=true;"},
      {"a = []\nb = [\n 'x', # c\n \"y\",\n]\n", "a=;b=x,y;"},
      {"a = \"\"\"\nx\ny\"\"\"\nb = '''z'''\n", "a=x\ny;b=z;"},
      {"a = \"\\u00e9\\\"\\\\\"\nb = 'C:\\x'\n", "a=é\"\\;b=C:\\x;"},
      {"a = '#' # 'no'\n# b = 1\n", "a=#;"},
      {"x.a = 1\nx.b = 2\n[y]\nc = 3\n", "[x]a=1;b=2;[y]c=3;"},
      {"x = {a = 1, b = ['c']}\n", "[x]a=1;b=c;"},
      {"# nothing\n", ""},
  };
  for (auto const& [text, expected] : cases) {
    CAPTURE(text);
    CHECK(read(text) == expected);
  }
}

TEST_CASE("what the file cannot say is refused with its line, and no value is quoted", "[options][file][error]") {
  struct Case {
    std::string text;
    char const* message;
  };
  Case const cases[] = {
      {"", "the file is empty"},
      {"\nhostname = geheim\n", "line 2: this is not TOML: bad format: unknown value appeared; a line is like"},
      {"source = postgresql://u:geheim@h/d\n", "line 1: this is not TOML: "},
      {"a = \"geheim\" b\n", "line 1: this is not TOML: "},
      {"a = \"geheim\n", "line 1: this is not TOML: "},
      {"a = \"geheim\\q\"\n", "line 1: this is not TOML: "},
      {"; geheim\n", "line 1: this is not TOML: "},
      {"a = “geheim”\n", "line 1: this is not TOML: "},
      {"ü = 1\n", "line 1: this is not TOML: "},
      {"a = yes\n", "line 1: this is not TOML: "},
      {"a = 08\n", "line 1: this is not TOML: "},
      {"a\n", "line 1: this is not TOML: "},
      {"a =\n", "line 1: this is not TOML: "},
      {"a: 1\n", "line 1: this is not TOML: "},
      {"a = 1 b = 2\n", "line 1: this is not TOML: "},
      {"a = [1 2]\n", "line 1: this is not TOML: "},
      {"[x] a = 1\n", "line 1: this is not TOML: "},
      {"a = 1\rb = 2\n", "line 1: this is not TOML: "},
      {{"a = 1\n\0b = 2\n", 13}, "line 2: this is not TOML: "},
      {{"a = 'x\0y'\n", 10}, "line 1: this is not TOML: "},
      {"a = 1\nb = '\xff'\n", "line 2: this is not UTF-8"},
      {"a = 1\nb = " + std::string(200'000, '[') + "\n", "line 2: there are more than 1000 lists in lists"},
      {"a = 1\na = 2\n", "line 2: this is not TOML: value (\"a\") already exists"},
      {"a = 1\n\"a\" = 2\n", "line 2: this is not TOML: value (\"a\") already exists"},
      {"a = 1.5\n", "line 1: \"a\" must be a text, a whole number, true or false, or a list"},
      {"a = 1979-05-27\n", "line 1: \"a\" must be a text"},
      {"a = [1]\n", "line 1: \"a\" must not be a list, other than one of texts"},
      {"a = [['x']]\n", "line 1: \"a\" must not be a list, other than one of texts"},
      {"a = ['x', 1]\n", "line 1: \"a\" must not be a list, other than one of texts"},
      {"[[x]]\na = 1\n", "line 1: a section is written with one pair of brackets: [x]"},
      {"[x]\n[x.y]\n", "line 2: [x]: a section in a section; if it is one name, it stands between quotes: [\"x.y\"]"},
      {"[ü]\n", "line 1: this is not TOML: an invalid key appeared; a name with other characters"},
  };
  for (auto const& [text, message] : cases) {
    CAPTURE(text);
    CHECK_THAT(read(text), Catch::StartsWith(message) && !Catch::Contains("geheim"));
  }
  CHECK(config::read_config_file("/").mistakes.at(0).reason == "this is a folder, not a file");
  CHECK(config::read_config_file("/dev/zero").mistakes.at(0).reason ==
        "the file is larger than 1 MiB, too large for options");
}
