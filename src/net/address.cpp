// SPDX-License-Identifier: MIT
#include "net/address.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>

#include <cstring>

namespace restapi::net {

std::string numeric_host(sockaddr_storage const& address) {
  char text[INET6_ADDRSTRLEN] = {};
  if (address.ss_family == AF_INET) {
    auto const& ipv4 = reinterpret_cast<sockaddr_in const&>(address);
    inet_ntop(AF_INET, &ipv4.sin_addr, text, sizeof text);
  } else if (address.ss_family == AF_INET6) {
    auto const& ipv6 = reinterpret_cast<sockaddr_in6 const&>(address).sin6_addr;
    if (IN6_IS_ADDR_V4MAPPED(&ipv6)) {
      inet_ntop(AF_INET, ipv6.s6_addr + 12, text, sizeof text);
    } else {
      inet_ntop(AF_INET6, &ipv6, text, sizeof text);
    }
  }
  return text;
}

std::uint16_t port_of(sockaddr_storage const& address) {
  if (address.ss_family == AF_INET) return ntohs(reinterpret_cast<sockaddr_in const&>(address).sin_port);
  if (address.ss_family == AF_INET6) return ntohs(reinterpret_cast<sockaddr_in6 const&>(address).sin6_port);
  return 0;
}

}  // namespace restapi::net
