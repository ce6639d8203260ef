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

/// `arguments` without the program's name. EarlyExit: help, version. What is wrong goes to `mistakes`; the next word
/// after an option that does not exist is taken for its value, and is not read.
std::variant<Layer, EarlyExit> read_command_line(std::vector<std::string> const& arguments, Mistakes& mistakes);

}  // namespace restapi::config
