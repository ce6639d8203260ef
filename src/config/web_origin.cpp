// SPDX-License-Identifier: MIT
#include "config/web_origin.hpp"

#include <arpa/inet.h>
#include <fmt/format.h>

#include <array>
#include <cstdint>

#include "base/ascii.hpp"
#include "base/small_text.hpp"

namespace restapi::config {
namespace {

constexpr std::string_view digits = "0123456789";

std::string_view without_blanks(std::string_view text) {
  auto const begin = text.find_first_not_of(' ');
  return begin == text.npos ? std::string_view() : text.substr(begin, text.find_last_not_of(' ') - begin + 1);
}

/// `[2001:db8::1]` of `[2001:0db8:0::1]`. An address that has another in it (`::ffff:192.0.2.1`) is written otherwise
/// by browsers than by inet_ntop().
std::optional<std::string> ipv6_host(std::string const& address) {
  std::array<unsigned char, 16> bytes;
  std::array<char, INET6_ADDRSTRLEN> text;
  if (::inet_pton(AF_INET6, address.c_str(), bytes.data()) != 1) return std::nullopt;
  ::inet_ntop(AF_INET6, bytes.data(), text.data(), text.size());
  auto const written = fmt::format("[{}]", text.data());
  if (written.find('.') != written.npos) return std::nullopt;
  return written;
}

/// Browsers take a name whose last part is a number for an IPv4 address: `127.1` is 127.0.0.1 to them.
bool is_name_or_ipv4(std::string const& host) {
  constexpr std::string_view allowed = "abcdefghijklmnopqrstuvwxyz0123456789.-_";
  if (host.empty() || host.starts_with('.') || host.find("..") != host.npos) return false;
  if (host.find_first_not_of(allowed) != host.npos) return false;
  auto const last = host.substr(host.rfind('.') + 1);
  bool const is_number = last.starts_with("0x") || (!last.empty() && last.find_first_not_of(digits) == last.npos);
  std::array<unsigned char, 4> bytes;
  return !is_number || ::inet_pton(AF_INET, host.c_str(), bytes.data()) == 1;
}

/// With its colon, or empty for the scheme's own.
std::optional<std::string> port_part(std::string_view port, std::string_view scheme) {
  auto const number = number_in<std::uint16_t>(port);
  if (!number || *number == 0) return std::nullopt;
  return *number == (scheme == "https" ? 443 : 80) ? "" : fmt::format(":{}", *number);
}

}  // namespace

std::optional<std::string> web_origin(std::string_view written) {
  auto const text = in_ascii_lower_case(std::string(without_blanks(written)));
  auto const colon = text.find("://");
  auto const scheme = text.substr(0, colon);
  if (colon == text.npos || (scheme != "http" && scheme != "https")) return std::nullopt;
  auto const rest = text.substr(colon + 3);
  auto const authority = rest.substr(0, rest.find_first_of("/?#"));
  if (authority.find('\0') != authority.npos) return std::nullopt;

  bool const is_ipv6 = authority.starts_with('[');
  auto const end = is_ipv6 ? authority.find(']') : authority.find(':');
  if (is_ipv6 && end == authority.npos) return std::nullopt;
  auto const name = authority.substr(0, end);
  auto const host = is_ipv6 ? ipv6_host(name.substr(1)) : is_name_or_ipv4(name) ? std::optional(name) : std::nullopt;
  if (!host) return std::nullopt;
  auto const after = authority.substr(name.size() + (is_ipv6 ? 1 : 0));
  if (after.empty() || after == ":") return fmt::format("{}://{}", scheme, *host);
  auto const port = after.starts_with(':') ? port_part(std::string_view(after).substr(1), scheme) : std::nullopt;
  if (!port) return std::nullopt;
  return fmt::format("{}://{}{}", scheme, *host, *port);
}

}  // namespace restapi::config
