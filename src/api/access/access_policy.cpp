// SPDX-License-Identifier: MIT
#include "api/access/access_policy.hpp"

#include <algorithm>
#include <chrono>
#include <utility>

#include "api/access/standard_headers.hpp"

namespace restapi::api {
namespace {

constexpr std::string_view usual_headers = "Accept, Authorization, Content-Type, If-None-Match, Prefer, X-Request-Id";

/// Nothing else is a page: what a database holds is never sent under this type.
constexpr std::string_view page_type = "text/html; charset=utf-8";

/// What is sent back of a header that a client wrote.
constexpr std::size_t most_asked_for = 1024;

bool differs_by_origin(AccessOptions const& options) {
  auto const& origins = options.cors_origins;
  return !origins.empty() && std::ranges::find(origins, "*") == origins.end();
}

bool is_token(std::string_view text) {
  constexpr std::string_view characters =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789!#$%&'*+-.^_`|~";  // RFC 9110 §5.6.2
  return !text.empty() && text.find_first_not_of(characters) == text.npos;
}

bool is_usual(std::string_view name) {
  for (auto rest = usual_headers; !rest.empty();) {
    auto const end = std::min(rest.find(", "), rest.size());
    if (http::is_same_name(rest.substr(0, end), name)) return true;
    rest.remove_prefix(std::min(end + 2, rest.size()));
  }
  return false;
}

/// The names that a preflight asks for beyond the usual ones, each after ", ". Headers cannot do harm: those that
/// matter to us are the usual ones, and X-Forwarded-… is believed from proxies alone, which take away what a client
/// sends.
std::string more_headers(http::Request const& request) {
  auto rest = http::find_header(request.headers, "Access-Control-Request-Headers").value_or("");
  std::string more;
  while (!rest.empty() && more.size() < most_asked_for) {
    auto name = rest.substr(0, rest.find(','));
    rest.remove_prefix(std::min(name.size() + 1, rest.size()));
    while (name.starts_with(' ')) name.remove_prefix(1);
    while (name.ends_with(' ')) name.remove_suffix(1);
    if (!is_token(name) || name.size() > most_asked_for - more.size() || is_usual(name)) continue;
    more.append(", ").append(name);
  }
  return more;
}

}  // namespace

AccessPolicy::AccessPolicy(AccessOptions options)
    : options_(std::move(options)),
      is_open_to_all_origins_(std::ranges::find(options_.cors_origins, "*") != options_.cors_origins.end()),
      of_data_(standard_headers(Shown::data, is_open_to_all_origins_, differs_by_origin(options_))),
      of_pages_(standard_headers(Shown::page, is_open_to_all_origins_, differs_by_origin(options_))) {}

std::optional<Error> AccessPolicy::admit(http::Request const& request, std::string_view other_token) const {
  if (!options_.tokens || request.method == "OPTIONS") return std::nullopt;
  if (http::is_repeated(request.headers, "Authorization"))
    return Error{Code::token_refused, "there is more than one Authorization header", "send one"};
  auto const header = http::find_header(request.headers, "Authorization");
  auto const other = header || other_token.empty() ? std::string() : "Bearer " + std::string(other_token);
  return options_.tokens->check(header ? *header : other, std::chrono::system_clock::now());
}

std::string_view AccessPolicy::allowed_origin(http::Request const& request) const {
  if (is_open_to_all_origins_) return "*";
  if (http::is_repeated(request.headers, "Origin")) return {};
  auto const origin = http::find_header(request.headers, "Origin");
  auto const known = origin ? std::ranges::find(options_.cors_origins, *origin) : options_.cors_origins.end();
  return known == options_.cors_origins.end() ? std::string_view() : *known;
}

void AccessPolicy::add_headers(http::Response& response, std::string_view allowed_origin) const {
  auto& headers = response.headers;
  headers.add(http::find_header(headers, "Content-Type") == page_type ? of_pages_ : of_data_);
  if (!http::find_header(headers, "Cache-Control"))
    headers.add("Cache-Control", cache_control(response.status, needs_token() || options_.is_personal));
  if (!allowed_origin.empty()) headers.add("Access-Control-Allow-Origin", allowed_origin);
}

http::Response AccessPolicy::preflight(http::Request const& request, std::string_view methods) const {
  bool const is_allowed = !allowed_origin(request).empty();
  std::string allowed_headers(usual_headers);
  if (is_allowed) allowed_headers += more_headers(request);
  http::Response response{204,
                          {{"Allow", methods},
                           {"Access-Control-Allow-Methods", methods},
                           {"Access-Control-Allow-Headers", allowed_headers},
                           {"Access-Control-Max-Age", "86400"}},
                          {}};
  if (is_allowed && http::find_header(request.headers, "Access-Control-Request-Private-Network") == "true")
    response.headers.add("Access-Control-Allow-Private-Network", "true");
  return response;
}

}  // namespace restapi::api
