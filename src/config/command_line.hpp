// SPDX-License-Identifier: MIT
/// The words of a command line, read by CLI11 (`--port 80`, `--port=80`, `-P 80`, `-P80`), but stricter: no value is
/// empty, so that an option never takes the next word for a variable that was not set, and none begins with a dash,
/// other than `-` itself: in `--token-issuer --token-keys keys.json` the issuer is missing.
#pragma once

#include <string>
#include <variant>
#include <vector>

#include "config/option_layer.hpp"
#include "config/options.hpp"

namespace restapi::config {

/// `arguments` without the program's name. EarlyExit: help, version, or with 2 the bare reason why a word is wrong.
std::variant<Layer, EarlyExit> read_command_line(std::vector<std::string> const& arguments);

}  // namespace restapi::config
