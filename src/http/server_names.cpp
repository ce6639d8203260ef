// SPDX-License-Identifier: MIT
#include "http/server_names.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "base/printable.hpp"
#include "http/address_range.hpp"
#include "http/target.hpp"
#include "net/listening_socket.hpp"

namespace restapi::http {
namespace {

/// Of a name that is quoted.
constexpr std::size_t most_shown = 100;

constexpr std::string_view digits = "0123456789";

std::optional<AddressRange> address(std::string_view text) {
  return text.find('/') == text.npos ? AddressRange::parse(text) : std::nullopt;
}

/// Of `name:port` or `[address]:port`; empty where it is neither.
std::string_view without_port(std::string_view authority) {
  auto const closing = authority.starts_with('[') ? authority.find(']') : 0;
  if (closing == authority.npos) return {};
  auto const end = std::min(authority.find(':', closing), authority.size());
  auto const port = authority.substr(end);
  bool const is_port = port.find_first_not_of(digits, 1) == port.npos;
  bool const is_closed = closing == 0 || end == closing + 1;
  return is_port && is_closed ? authority.substr(0, end) : std::string_view();
}

/// The numeric address that a name is, without the brackets of IPv6.
std::string_view without_brackets(std::string_view name) {
  return name.starts_with('[') && name.ends_with(']') ? name.substr(1, name.size() - 2) : name;
}

bool is_loopback(std::string_view name) {
  static AddressRange const ranges[] = {*AddressRange::parse("127.0.0.0/8"), *AddressRange::parse("::1")};
  return std::ranges::any_of(ranges, [&](auto const& range) { return range.contains(name); });
}

/// Names that lead to this machine whoever is asked for them (RFC 6761 §6.3).
bool is_localhost(std::string_view name) {
  constexpr std::string_view last = "localhost";
  if (name.size() < last.size() || !is_same_name(name.substr(name.size() - last.size()), last)) return false;
  return name.size() == last.size() || name[name.size() - last.size() - 1] == '.';
}

/// `example.org.` is `example.org`.
std::string_view without_last_dot(std::string_view name) {
  if (name.ends_with('.')) name.remove_suffix(1);
  return name;
}

}  // namespace

ServerNames::ServerNames(std::string const& hostname, std::vector<std::string> names)
    : accepts_all_(std::ranges::find(names, "*") != names.end()), names_(std::move(names)) {
  bool const is_private = net::leads_to_loopback(hostname);
  if (!is_private && names_.empty()) accepts_all_ = true;
  accepts_other_addresses_ = !is_private;
  names_.push_back(hostname);
  for (auto& name : names_) name = without_last_dot(without_brackets(name));
}

bool ServerNames::accepts(std::string_view authority) const {
  auto const host = without_port(authority);
  auto const name = without_last_dot(without_brackets(host));
  if (name.empty()) return false;
  if (is_localhost(name) || is_loopback(name)) return true;
  if (accepts_other_addresses_ && address(name)) return true;
  return std::ranges::any_of(names_, [name](auto const& known) { return is_same_name(known, name); });
}

std::optional<Error> ServerNames::refusal_of(Request const& request) const {
  if (accepts_all_) return std::nullopt;
  for (auto const named : {find_header(request.headers, "Host").value_or(""), authority_of(request.target)}) {
    if (named.empty() || accepts(named)) continue;
    auto const host = without_port(named);
    auto const name = printable(host.empty() ? named : host, most_shown);
    if (host.empty()) return Error{Code::no_such_server, fmt::format("\"{}\" is no name of a server", name)};
    return Error{Code::no_such_server, fmt::format("this server is not called \"{}\"", name),
                 fmt::format("the option --server-name {} lets in requests that call it so", name)};
  }
  return std::nullopt;
}

}  // namespace restapi::http
