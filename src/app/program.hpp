// SPDX-License-Identifier: MIT
/// The server from its options to its end: profiles, stores, services, site, server, in that order.
#pragma once

#include <optional>

#include "config/options.hpp"
#include "net/listening_socket.hpp"
#include "observation/main_log.hpp"

namespace restapi::app {

/// Serves until a signal ends that, or only checks where the options say so. `inherited`: where to listen, whatever the
/// options say. `log` has been set up. Returns the exit code; why nothing can be served has been said. The main thread,
/// before there are others. Throws where there is no memory.
int serve(config::Options const& options, std::optional<net::ListeningSocket> inherited,
          observation::MainLog const& log);

}  // namespace restapi::app
