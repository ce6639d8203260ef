// SPDX-License-Identifier: MIT
#include "api/media.hpp"

#include <algorithm>
#include <functional>

namespace restapi::api {
namespace {

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
  return text;
}

// Types, codings and parameter names ignore case (RFC 9110 §8.3.1, §8.4.1, §5.6.6).
bool is(std::string_view written, std::string_view lower_case) {
  auto const lower = [](char byte) {
    return byte >= 'A' && byte <= 'Z' ? static_cast<char>(byte + ('a' - 'A')) : byte;
  };
  return std::ranges::equal(written, lower_case, {}, lower);
}

// The text before the next separator, trimmed; `rest` is shortened by it.
std::string_view take(std::string_view& rest, char separator) {
  auto const end = rest.find(separator);
  auto const part = trimmed(rest.substr(0, end));
  rest = end == rest.npos ? std::string_view() : rest.substr(end + 1);
  return part;
}

// Calls for each element of a list of preferences, with whether its weight is zero: "not this one" (RFC 9110 §12.4.2).
void for_each_element(std::string_view list, std::function<void(std::string_view, bool)> const& call) {
  while (!list.empty()) {
    auto element = take(list, ',');
    auto const name = take(element, ';');
    bool refused = false;
    while (!element.empty()) {
      auto const parameter = take(element, ';');
      refused =
          refused || (is(parameter.substr(0, 3), "q=0") && parameter.find_first_not_of("0.", 2) == parameter.npos);
    }
    call(name, refused);
  }
}

}  // namespace

Preference read_accept(std::string_view accept) {
  bool any_range = false, json = false, html = false, json_refused = false;
  for_each_element(accept, [&](std::string_view type, bool refused) {
    if (type.find('/') == type.npos || type.starts_with('/') || type.ends_with('/')) return;
    any_range = true;
    if (is(type, "application/json")) (refused ? json_refused : json) = true;
    if ((is(type, "*/*") || is(type, "application/*")) && !refused) json = true;
    if (is(type, "text/html") && !refused) html = true;
  });
  if (!any_range) return {};
  return {(json || html) && !json_refused, html};
}

bool accepts_gzip(std::string_view accept_encoding) {
  bool accepted = false, refused_by_name = false;
  for_each_element(accept_encoding, [&](std::string_view coding, bool refused) {
    if (is(coding, "gzip") && refused) refused_by_name = true;
    if ((is(coding, "gzip") || is(coding, "*")) && !refused) accepted = true;
  });
  return accepted && !refused_by_name;
}

}  // namespace restapi::api
