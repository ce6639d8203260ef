// SPDX-License-Identifier: MIT
#include "config/option_checks.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <string_view>

#include "base/small_text.hpp"
#include "config/profile_name.hpp"
#include "config/web_origin.hpp"
#include "http/address_range.hpp"

namespace restapi::config {

namespace {

// A connection text may stand in the wrong place, and its password anywhere in it: such a value is not quoted.

std::string not_this(std::string_view value, bool is_harmless) {
  return is_harmless ? fmt::format(", not \"{}\"", value) : "";
}

/// Where a word or a number belongs; `=80` of `-P=80` is a usual one.
std::string not_this_word(std::string_view value) {
  return not_this(value, value.find_first_of(":/@= ", 1) == value.npos);
}

/// Where an address, a name or a web page's origin belongs.
std::string not_this_address(std::string_view value) {
  constexpr std::string_view numeric = "0123456789abcdefABCDEF:./[]";
  bool const is_web = value.find("http") == value.find_first_not_of(' ') && value.find("http") != value.npos;
  bool const is_plain = value.find(':') == value.npos || value.find_first_not_of(numeric) == value.npos;
  return not_this(value, (is_web || is_plain) && value.find_first_of("@=") == value.npos);
}

}  // namespace

std::string check_not_empty(std::string const& value) { return value.empty() ? "must not be empty" : ""; }

std::string check_host(std::string const& value) {
  if (value == "*") return "every address is 0.0.0.0, or :: with IPv6";
  auto const colon = value.find(':');
  bool const has_port =
      (colon != value.npos && value.find(':', colon + 1) == value.npos) || value.find("]:") != value.npos;
  return has_port ? "a host alone; its port is an option of its own" : check_not_empty(value);
}

std::string check_log_file(std::string const& value) {
  if (value == "none") return "there is no word none for it: leave it out; a file that is called so is ./none";
  return check_not_empty(value);
}

std::string check_number(std::string const& value, unsigned least, unsigned most) {
  auto const number = number_in<unsigned>(value);
  return number && *number >= least && *number <= most
             ? ""
             : fmt::format("must be a whole number from {} to {}{}", least, most, not_this_word(value));
}

std::string check_log_level(std::string const& value) {
  constexpr std::array<std::string_view, 7> levels{"trace", "debug", "info", "warn", "error", "critical", "off"};
  return std::find(levels.begin(), levels.end(), value) != levels.end()
             ? ""
             : fmt::format("must be one of {}{}", fmt::join(levels, ", "), not_this_word(value));
}

std::string check_feed(std::string const& value) {
  constexpr std::array<std::string_view, 4> words{"auto", "installed", "following", "off"};
  return std::find(words.begin(), words.end(), value) != words.end()
             ? ""
             : fmt::format("must be one of {}, not \"{}\"", fmt::join(words, ", "), value);
}

std::string check_total_age(std::string const& value) {
  constexpr unsigned most = 3600;
  if (value == "exact" || check_number(value, 1, most).empty()) return "";
  return fmt::format("must be a number from 1 to {}, or exact, not \"{}\"", most, value);
}

std::string check_feed_database(std::string const& value) {
  return value == "postgresql" || value == "sqlite" ? ""
                                                    : fmt::format("must be postgresql or sqlite, not \"{}\"", value);
}

/// What CLI11 takes for a switch; anything else it would throw as std::invalid_argument, which is no error of its own.
std::string check_switch(std::string const& value) {
  constexpr std::array<std::string_view, 8> words{"true", "false", "yes", "no", "on", "off", "1", "0"};
  return std::find(words.begin(), words.end(), value) != words.end()
             ? ""
             : fmt::format("must be true or false{}", not_this_word(value));
}

bool is_on(std::string const& value) { return value == "true" || value == "yes" || value == "on" || value == "1"; }

/// The value goes into a header as it is, and is compared with what browsers send: another spelling would never match.
std::string check_origin(std::string const& value) {
  if (value == "*") return "";
  auto const meant = web_origin(value);
  if (meant == value) return "";
  bool const is_pattern = value.find('*') != value.npos;
  return fmt::format("must be * or an origin as browsers send it, like https://example.org{}{}{}",
                     not_this_address(value), meant ? fmt::format("; did you mean {}?", *meant) : "",
                     is_pattern ? "; there are no patterns: name each origin, or all with *" : "");
}

/// A name as it stands in Host, without a port; an IPv6 address in brackets.
std::string check_server_name(std::string const& value) {
  constexpr std::string_view allowed = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789.-_";
  bool const is_ipv6 =
      value.find(':') != value.npos && value.find('/') == value.npos && http::AddressRange::parse(value);
  bool const is_name = !value.empty() && value != "none" && value.find_first_not_of(allowed) == value.npos;
  return value == "*" || is_ipv6 || is_name
             ? ""
             : fmt::format("must be * or a name like aiida.example.org, without scheme and port{}",
                           not_this_address(value));
}

std::string check_address_range(std::string const& value) {
  return http::AddressRange::parse(value)
             ? ""
             : fmt::format("must be an address or a range like 10.0.0.0/8{}", not_this_address(value));
}

/// The value is never quoted: where a URI stands in the wrong place, a password is in it.
std::string check_profile(std::string const& value) {
  auto const equals = value.find('=');
  if (equals == value.npos) return check_not_empty(value);
  if (auto const reason = check_profile_name(value.substr(0, equals)); !reason.empty())
    return "the name before = " + reason;
  return equals + 1 < value.size() ? "" : "after = a profile, URI or file must follow";
}

}  // namespace restapi::config
