// SPDX-License-Identifier: MIT
#include "http/public_address.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <iterator>
#include <optional>
#include <string_view>
#include <utility>

#include "base/ascii.hpp"
#include "base/utf8.hpp"

namespace restapi::http {
namespace {

// RFC 3986 §3.2.2 and §3.3, without what only a list of several values would need.
constexpr std::string_view name_characters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789.-_";
constexpr std::string_view path_characters =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789.-_~/!$&'()*+;=:@%";
constexpr std::string_view hex_digits = "0123456789ABCDEFabcdef";

constexpr std::size_t longest = 255;

bool consists_of(std::string_view text, std::string_view allowed) {
  return !text.empty() && text.size() <= longest && text.find_first_not_of(allowed) == text.npos;
}

bool is_port(std::string_view text) {
  std::uint16_t number = 0;
  auto const* const end = text.data() + text.size();
  auto const read = std::from_chars(text.data(), end, number);
  return read.ec == std::errc() && read.ptr == end && number > 0 && text.size() <= 5;
}

/// Where the port begins, with its colon; the end where there is none.
std::size_t end_of_name(std::string_view host) {
  auto const bracket = host.starts_with('[') ? host.find(']') : 0;
  return std::min(host.find(':', std::min(bracket, host.size())), host.size());
}

/// A name or an address, with or without a port; IPv6 in brackets (RFC 3986 §3.2.2).
bool is_host(std::string_view text) {
  auto const name = text.substr(0, end_of_name(text)), port = text.substr(name.size());
  bool const is_ipv6 = name.starts_with('[') && name.ends_with(']') && name.find('/') == name.npos &&
                       name.find(':') != name.npos && AddressRange::parse(name.substr(1, name.size() - 2));
  return (is_ipv6 || consists_of(name, name_characters)) && (port.empty() || is_port(port.substr(1)));
}

using Read = std::optional<std::string>;

Read read_host(std::string_view text) { return is_host(text) ? Read(text) : std::nullopt; }

Read read_port(std::string_view text) { return is_port(text) ? Read(text) : std::nullopt; }

Read read_scheme(std::string_view text) {
  auto scheme = in_ascii_lower_case(std::string(text));
  return scheme == "http" || scheme == "https" ? Read(std::move(scheme)) : std::nullopt;
}

/// As it stands in a URL; a person who writes it into the configuration of a proxy may not think of that.
Read read_prefix(std::string_view text) {
  bool const is_control = std::ranges::any_of(text, [](unsigned char c) { return c < ' ' || c == 0x7f; });
  if (text.empty() || text.size() > longest || is_control || text.find_first_of("?#") != text.npos ||
      text.starts_with("//") || !utf8::is_valid(text))
    return std::nullopt;
  for (auto at = text.find('%'); at != text.npos; at = text.find('%', at + 1))
    if (at + 2 >= text.size() || text.substr(at + 1, 2).find_first_not_of(hex_digits) != text.npos) return std::nullopt;
  std::string prefix(text.starts_with('/') ? "" : "/");
  for (char const c : text) {
    if (path_characters.find(c) != path_characters.npos)
      prefix += c;
    else
      fmt::format_to(std::back_inserter(prefix), "%{:02X}", static_cast<unsigned char>(c));
  }
  return prefix;
}

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

  constexpr std::string_view names[] = {"X-Forwarded-Proto", "X-Forwarded-Host", "X-Forwarded-Port",
                                        "X-Forwarded-Prefix"};
  auto const is_sent = [&](std::string_view name) { return find_header(request.headers, name).has_value(); };
  auto const is_peer = [&](auto const& range) { return range.contains(request.peer_address); };
  if (std::ranges::none_of(names, is_sent) || std::ranges::none_of(trusted_proxies, is_peer)) return address;
  auto const forwarded = [&](std::string_view name, Read (*read)(std::string_view), std::string& value) {
    auto const sent = find_header(request.headers, name);
    if (!sent) return;
    if (auto valid = read(first_of_list(*sent))) value = *std::move(valid);
  };
  forwarded("X-Forwarded-Proto", read_scheme, address.scheme);
  forwarded("X-Forwarded-Host", read_host, address.host);
  forwarded("X-Forwarded-Prefix", read_prefix, address.prefix);
  std::string port;
  forwarded("X-Forwarded-Port", read_port, port);
  bool const is_usual = port == (address.scheme == "https" ? "443" : "80");
  if (!port.empty() && !is_usual && end_of_name(address.host) == address.host.size()) address.host += ":" + port;
  while (address.prefix.ends_with('/')) address.prefix.pop_back();
  return address;
}

}  // namespace restapi::http
