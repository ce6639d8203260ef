/// The file of --config as text: lines, and sections with lines of their own. What the keys mean is not known here.
#pragma once

#include <string>
#include <vector>

#include "base/result.hpp"

namespace restapi::api {

/// `key = value`, `key = [value, …]` or `key` (true), without quotes.
struct ConfigLine {
  std::string key;
  std::vector<std::string> values;
};

/// What follows a line `[name]`; the lines above the first of them have the empty name.
struct ConfigSection {
  std::string name;
  std::vector<ConfigLine> lines;
};

/// Reads TOML or INI, each as far as options need it (CLI11's reader). The common lines come first, even if there are
/// none, then the sections in their order. A name is taken whole, dots included; quotes around it are not part of it.
/// Errors: Code::source_refused; the file cannot be read, is empty, or has two sections of one name.
Result<std::vector<ConfigSection>> read_config_file(std::string const& path);

}  // namespace restapi::api
