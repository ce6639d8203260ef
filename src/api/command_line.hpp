/// The words of a command line.
///
/// As getopt_long() reads them (`--port 80`, `--port=80`, `-P 80`, `-P80`, `--` before databases whose names begin with
/// a dash), and stricter: options are written out, never abbreviated. A value that is a word of its own does not begin
/// with a dash, other than `-` itself: in `--token-issuer --token-keys keys.json` the issuer is missing, and the keys
/// are not its value. No value is empty, so that an option never takes the next word for a variable that was not set.
#pragma once

#include <string>
#include <variant>
#include <vector>

#include "api/option_layer.hpp"
#include "api/options.hpp"

namespace restapi::api {

/// `arguments` without the program's name. Goodbye: help, version, or with 2 the bare reason why a word is wrong.
std::variant<Given, Goodbye> read_command_line(std::vector<std::string> const& arguments);

}  // namespace restapi::api
