// SPDX-License-Identifier: MIT
#include "http/public_address.hpp"

#include <algorithm>

namespace restapi::http {
namespace {

bool consists_of(std::string_view text, std::string_view allowed) {
  return !text.empty() && text.size() <= 255 && text.find_first_not_of(allowed) == text.npos;
}

constexpr std::string_view host_characters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789.-_:[]";
constexpr std::string_view path_characters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789.-_~/";

bool is_host(std::string_view text) { return consists_of(text, host_characters); }

bool is_prefix(std::string_view text) {
  return consists_of(text, path_characters) && text[0] == '/' && !text.starts_with("//");
}

bool is_scheme(std::string_view text) { return text == "http" || text == "https"; }

// Several proxies in a row each add to the list; the first entry is the client's side.
std::string_view first_of_list(std::string_view text) {
  text = text.substr(0, text.find(','));
  while (text.ends_with(' ')) text.remove_suffix(1);
  while (text.starts_with(' ')) text.remove_prefix(1);
  return text;
}

}  // namespace

PublicAddress public_address(Request const& request, std::vector<AddressRange> const& trusted_proxies,
                             std::string const& fallback_host) {
  PublicAddress address;
  auto const host = find_header(request.headers, "Host");
  address.host = host && is_host(*host) ? std::string(*host) : fallback_host;

  constexpr std::string_view names[] = {"X-Forwarded-Proto", "X-Forwarded-Host", "X-Forwarded-Prefix"};
  auto const is_sent = [&](std::string_view name) { return find_header(request.headers, name).has_value(); };
  auto const is_peer = [&](auto const& range) { return range.contains(request.peer_address); };
  if (std::ranges::none_of(names, is_sent) || std::ranges::none_of(trusted_proxies, is_peer)) return address;
  auto const forwarded = [&](std::string_view name, bool (*is_valid)(std::string_view), std::string& value) {
    auto const sent = find_header(request.headers, name);
    if (!sent) return;
    auto const first = first_of_list(*sent);
    if (is_valid(first)) value = first;
  };
  forwarded("X-Forwarded-Proto", is_scheme, address.scheme);
  forwarded("X-Forwarded-Host", is_host, address.host);
  forwarded("X-Forwarded-Prefix", is_prefix, address.prefix);
  while (address.prefix.ends_with('/')) address.prefix.pop_back();
  return address;
}

}  // namespace restapi::http
