// SPDX-License-Identifier: MIT
/// What is said to the person at the terminal, and why nothing is served. The main thread.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/error.hpp"
#include "config/options.hpp"

namespace restapi::app {

// Exit codes.
constexpr int not_ready = 1;     ///< nor, for --check, all that would be opened
constexpr int cannot_serve = 2;  ///< the start failed

/// `where`: "-" is standard output, "" standard error. Waits for nobody: who reads a pipe may stand still.
void say(char const* where, std::string_view text);

/// Message and hint, without passwords and what a terminal would obey.
std::string sentence_of(Error const& error);

/// Says why nothing is served, to the service manager as well: a line for each. Returns `cannot_serve`.
int refuse(Error const& error);
int refuse(config::Options const& options, std::vector<Error> const& errors = {});  ///< its mistakes, and more

}  // namespace restapi::app
