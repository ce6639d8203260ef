// SPDX-License-Identifier: MIT
/// The file of --config as text: lines, and sections with lines of their own. What the keys mean is not known here.
#pragma once

#include <string>
#include <vector>

#include "base/result.hpp"

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

/// Reads TOML: whatever it cannot be is refused with the number of the line, and so is what options have no use for
/// (sections in sections, `[[name]]`, dates, fractions). `mc3d.source = "x"` and `mc3d = {source = "x"}` say what
/// `[mc3d]` and `source = "x"` say, as in TOML. The common lines come first, even if there are none, then the sections,
/// all in the file's order. Errors: Code::source_refused; never a value in it, which may be a password.
Result<std::vector<ConfigSection>> read_config_file(std::string const& path);

}  // namespace restapi::config
