// SPDX-License-Identifier: MIT
#include "http/client_address.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>

#include <algorithm>

namespace restapi::http {
namespace {

std::string_view without_port(std::string_view text) {
  if (text.starts_with('[')) return text.substr(1, text.find(']') == text.npos ? 0 : text.find(']') - 1);
  bool const has_port = std::ranges::count(text, ':') == 1;  // IPv6 addresses have two colons at least
  return has_port ? text.substr(0, text.find(':')) : text;
}

bool is_address(std::string_view text) { return text.find('/') == text.npos && AddressRange::parse(text).has_value(); }

}  // namespace

std::string client_network(std::string_view address) {
  std::string text(address);
  in6_addr network{};
  if (text.find(':') == text.npos || ::inet_pton(AF_INET6, text.c_str(), &network) != 1 ||
      IN6_IS_ADDR_V4MAPPED(&network))
    return text;
  return std::string(reinterpret_cast<char const*>(network.s6_addr), sizeof network.s6_addr / 2);
}

std::string_view client_address(Request const& request, std::vector<AddressRange> const& trusted_proxies) {
  std::string_view client = request.peer_address;
  auto const is_trusted = [&](std::string_view address) {
    return std::ranges::any_of(trusted_proxies, [&](auto const& range) { return range.contains(address); });
  };
  // Several headers are one list (RFC 9110 §5.3): some proxies add a line of their own.
  for (auto header = request.headers.rbegin(); header != request.headers.rend(); ++header) {
    if (!is_same_name(header->first, "X-Forwarded-For")) continue;
    for (std::string_view rest = header->second; !rest.empty();) {
      auto const comma = rest.rfind(',');
      auto const entry = trimmed(comma == rest.npos ? rest : rest.substr(comma + 1));
      rest = rest.substr(0, comma == rest.npos ? 0 : comma);
      if (entry.empty()) continue;
      auto const address = without_port(entry);
      if (!is_trusted(client) || !is_address(address)) return client;
      client = address;
    }
  }
  return client;
}

}  // namespace restapi::http
