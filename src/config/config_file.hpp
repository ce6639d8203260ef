// SPDX-License-Identifier: MIT
/// The file of --config as text: lines, and sections with lines of their own. What the keys mean is not known here.
#pragma once

#include <string>
#include <vector>

namespace restapi::config {

/// `key = value` or `key = [value, …]`.
struct ConfigLine {
  enum class Kind { text, number, yes_or_no, list_of_texts };
  std::string key;
  std::vector<std::string> values;  ///< one, but of a list; numbers in decimal digits, `true` or `false`
  Kind kind = Kind::text;
  std::size_t number = 0;  ///< of the line, from 1
};

/// What follows a line `[name]`; the lines above the first of them have the empty name.
struct ConfigSection {
  std::string name;
  std::vector<ConfigLine> lines;
  std::size_t number = 0;  ///< of its first line
};

struct ConfigMistake {
  std::size_t line = 0;      ///< from 1; 0: the whole file
  std::string section = {};  ///< empty: above the sections, or nobody knows
  std::string reason = {};   ///< never a value, which may be a password
};

struct ConfigText {
  std::vector<ConfigSection> sections;  ///< the common lines come first, even if there are none
  std::vector<ConfigMistake> mistakes;
};

/// Reads TOML: whatever it cannot be is refused with the number of the line, and so is what options have no use for
/// (sections in sections, `[[name]]`, dates, fractions). `mc3d.source = "x"` and `mc3d = {source = "x"}` say what
/// `[mc3d]` and `source = "x"` say, as in TOML. All is in the file's order; a file that is no TOML has one mistake and
/// nothing else.
ConfigText read_config_file(std::string const& path);

}  // namespace restapi::config
