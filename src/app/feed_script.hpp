// SPDX-License-Identifier: MIT
/// The scripts that the program prints for the owners of databases.
#pragma once

#include <string>

#include "config/options.hpp"

namespace restapi::app {

/// What --print-feed-setup or --print-feed-removal asks for; empty: neither was said.
std::string feed_script(config::Options const& options);

}  // namespace restapi::app
