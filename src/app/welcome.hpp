// SPDX-License-Identifier: MIT
/// What is said at the start: what is served, where, and what is worth trying. The main thread.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "config/served_profiles.hpp"

namespace restapi::app {

/// How a browser on this machine writes where we listen: `localhost:5000`. Without the port where it is 0, which the
/// system has yet to choose.
std::string host_in_urls(std::string const& hostname, std::uint16_t port);

/// To standard output. Both hosts are as host_in_urls() gives them; no `admin_host`: "".
void welcome(std::vector<config::ServedProfile> const& profiles, std::string const& host,
             std::string const& admin_host);

}  // namespace restapi::app
