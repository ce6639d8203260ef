// SPDX-License-Identifier: MIT
/// Socket addresses as people write them.
#pragma once

#include <sys/socket.h>

#include <cstdint>
#include <string>

namespace restapi::net {

/// "127.0.0.1", "::1"; an IPv4 client of an IPv6 socket ("::ffff:127.0.0.1") is "127.0.0.1".
std::string numeric_host(sockaddr_storage const& address);

/// 0 if the address has no port.
std::uint16_t port_of(sockaddr_storage const& address);

}  // namespace restapi::net
