// SPDX-License-Identifier: MIT
/// The address under which a client knows this server, and the URLs made from it.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "http/address_range.hpp"
#include "http/message.hpp"

namespace restapi::http {

struct PublicAddress {
  std::string scheme = "http";
  std::string host;               ///< with the port where one was named: "localhost:5000"
  std::string prefix;             ///< where a proxy mounts us: "/django", or empty; no slash at its end
  std::string_view profile = {};  ///< its name, which lives as long as the application; empty: it is about none
  std::string mount = {};  ///< what the prefix ends with beyond the proxy's: "/main", of several profiles; or empty

  /// "http://localhost:5000/": scheme, host and prefix with a slash at the end.
  std::string root() const { return scheme + "://" + host + prefix + "/"; }
};

/// From the Host header, and from X-Forwarded-Proto, -Host, -Port and -Prefix where the peer is a trusted proxy. Values
/// that are no scheme, host, port or path are passed over; a path is escaped where it has to be, and its first slash
/// may be missing; the port counts where the host has none. `fallback_host` serves requests that name no host
/// (HTTP/1.0).
PublicAddress public_address(Request const& request, std::vector<AddressRange> const& trusted_proxies,
                             std::string const& fallback_host);

}  // namespace restapi::http
