#include "api/media.hpp"

#include <algorithm>

namespace restapi::api {
namespace {

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
  return text;
}

// Types and parameter names ignore case (RFC 9110 §8.3.1, §5.6.6).
bool is(std::string_view written, std::string_view lower_case) {
  auto const lower = [](char byte) {
    return byte >= 'A' && byte <= 'Z' ? static_cast<char>(byte + ('a' - 'A')) : byte;
  };
  return std::ranges::equal(written, lower_case, {}, lower);
}

// Whether the parameters hold a weight of zero: "not this one".
bool is_refused(std::string_view parameters) {
  while (!parameters.empty()) {
    auto const parameter = trimmed(parameters.substr(0, parameters.find(';')));
    parameters.remove_prefix(std::min(
        parameters.size(), parameters.find(';') == parameters.npos ? parameters.size() : parameters.find(';') + 1));
    if (is(parameter.substr(0, 3), "q=0") && parameter.find_first_not_of("0.", 2) == parameter.npos) return true;
  }
  return false;
}

}  // namespace

Preference read_accept(std::string_view accept) {
  bool any_range = false, json = false, html = false, refused = false;
  while (!accept.empty()) {
    auto const comma = accept.find(',');
    auto const range = accept.substr(0, comma);
    accept = comma == accept.npos ? std::string_view() : accept.substr(comma + 1);
    auto const semicolon = range.find(';');
    auto const type = trimmed(range.substr(0, semicolon));
    if (type.find('/') == type.npos || type.starts_with('/') || type.ends_with('/')) continue;
    any_range = true;
    bool const zero = semicolon != range.npos && is_refused(range.substr(semicolon + 1));
    if (is(type, "application/json")) (zero ? refused : json) = true;
    if ((is(type, "*/*") || is(type, "application/*")) && !zero) json = true;
    if (is(type, "text/html") && !zero) html = true;
  }
  if (!any_range) return {};
  return {(json || html) && !refused, html};
}

}  // namespace restapi::api
