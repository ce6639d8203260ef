// SPDX-License-Identifier: MIT
/// The socket that whoever started the program has opened for it: systemd with a .socket unit, or another program that
/// speaks the protocol of sd_listen_fds(3). The first descriptor is number 3, LISTEN_FDS says how many there are, and
/// LISTEN_PID for which process.
#pragma once

#include <optional>

#include "net/listening_socket.hpp"

namespace restapi::net {

/// Once, before there are threads: the variables are removed from the environment. Nothing: none is passed to this
/// process. Throws std::runtime_error with one clear sentence where it is anything but one TCP socket that listens.
std::optional<ListeningSocket> take_inherited_socket();

}  // namespace restapi::net
