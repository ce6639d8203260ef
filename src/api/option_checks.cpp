// SPDX-License-Identifier: MIT
#include "api/option_checks.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <string_view>

#include "api/address_range.hpp"
#include "api/profile_name.hpp"

namespace restapi::api {

std::string check_not_empty(std::string const& value) { return value.empty() ? "must not be empty" : ""; }

std::string check_number(std::string const& value, unsigned least, unsigned most) {
  unsigned number = 0;
  auto const [end, error] = std::from_chars(value.data(), value.data() + value.size(), number);
  bool const is_number = error == std::errc() && end == value.data() + value.size();
  return is_number && number >= least && number <= most
             ? ""
             : fmt::format("must be a whole number from {} to {}, not \"{}\"", least, most, value);
}

std::string check_log_level(std::string const& value) {
  constexpr std::array<std::string_view, 7> levels{"trace", "debug", "info", "warn", "error", "critical", "off"};
  return std::find(levels.begin(), levels.end(), value) != levels.end()
             ? ""
             : fmt::format("must be one of {}, not \"{}\"", fmt::join(levels, ", "), value);
}

/// What CLI11 takes for a switch; anything else it would throw as std::invalid_argument, which is no error of its own.
std::string check_switch(std::string const& value) {
  constexpr std::array<std::string_view, 8> words{"true", "false", "yes", "no", "on", "off", "1", "0"};
  return std::find(words.begin(), words.end(), value) != words.end()
             ? ""
             : fmt::format("must be true or false, not \"{}\"", value);
}

/// The value goes into a header as it is, and is compared with what browsers send (RFC 6454 §6.2).
std::string check_origin(std::string const& value) {
  bool const is_printable = std::all_of(value.begin(), value.end(), [](char c) { return c > ' ' && c < '\x7f'; });
  bool const is_origin = value.starts_with("http://") || value.starts_with("https://");
  auto const host = value.substr(std::min(value.size(), value.find("://") + 3));
  bool const is_bare = !host.empty() && host.find_first_of("/?#,") == host.npos;
  if (value != "*" && !(is_printable && is_origin && is_bare))
    return fmt::format("must be * or an origin like https://example.org, not \"{}\"", value);
  bool const is_lower = std::none_of(value.begin(), value.end(), [](char c) { return c >= 'A' && c <= 'Z'; });
  bool const has_own_port = value.ends_with(value.starts_with("https") ? ":443" : ":80");
  return is_lower && !has_own_port
             ? ""
             : fmt::format("must be in lower case and without the scheme's own port, as browsers send it, not \"{}\"",
                           value);
}

/// A name as it stands in Host, without a port; an IPv6 address in brackets.
std::string check_server_name(std::string const& value) {
  constexpr std::string_view allowed = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789.-_";
  bool const is_ipv6 =
      value.starts_with('[') && value.ends_with(']') && AddressRange::parse(value.substr(1, value.size() - 2));
  bool const is_name = !value.empty() && value != "none" && value.find_first_not_of(allowed) == value.npos;
  return value == "*" || is_ipv6 || is_name
             ? ""
             : fmt::format("must be * or a name like aiida.example.org, without scheme and port, not \"{}\"", value);
}

std::string check_address_range(std::string const& value) {
  return AddressRange::parse(value) ? ""
                                    : fmt::format("must be an address or a range like 10.0.0.0/8, not \"{}\"", value);
}

/// The value is never quoted: where a URI stands in the wrong place, a password is in it.
std::string check_profile(std::string const& value) {
  auto const equals = value.find('=');
  if (equals == value.npos) return check_not_empty(value);
  if (auto const reason = check_profile_name(value.substr(0, equals)); !reason.empty())
    return "the name before = " + reason;
  return equals + 1 < value.size() ? "" : "after = a profile, URI or file must follow";
}

}  // namespace restapi::api
