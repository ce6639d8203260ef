// SPDX-License-Identifier: MIT
/// Whose request it is, for the log: the address of the client, not of the proxies in between.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "http/address_range.hpp"
#include "http/message.hpp"

namespace restapi::http {

/// The peer, unless it is a trusted proxy: then the last address of X-Forwarded-For that is not one of theirs. Each
/// proxy adds the address that it has seen at the end, so what stands before that is only what a client says of itself.
/// Where an entry is no address, the proxy that passed it on is named; where all are trusted, the first.
///
/// A port in an entry (`192.0.2.7:4711`, `[2001:db8::1]:4711`) is left out. The view is of the request.
std::string_view client_address(Request const& request, std::vector<AddressRange> const& trusted_proxies);

/// The network that one client may have all addresses of: the first 64 bits of an IPv6 address (RFC 6177), otherwise
/// the address. Bytes for comparing, not for people.
std::string client_network(std::string_view address);

}  // namespace restapi::http
