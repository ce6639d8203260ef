#include "api/access_policy.hpp"

#include <algorithm>
#include <chrono>
#include <utility>

namespace restapi::api {
namespace {

// An answer is data: nothing in it may run, be framed, or be taken for another type, and following a link in it tells
// nobody where it stood. Loading without CORS, as an image or a script, is for those who are let in by CORS without
// being asked.
ResponseHeaders always(bool is_open_to_all_origins) {
  return {
      {"X-Content-Type-Options", "nosniff"},
      {"Referrer-Policy", "no-referrer"},
      {"Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'"},
      {"Access-Control-Expose-Headers",
       "ETag, Link, Preference-Applied, Server-Timing, X-Request-Id, X-Total-Count, X-Total-Counts"},
      {"Cross-Origin-Resource-Policy", is_open_to_all_origins ? "cross-origin" : "same-origin"},
      {"Vary", is_open_to_all_origins ? "Accept, Accept-Encoding" : "Accept, Accept-Encoding, Origin"},
  };
}

// Faults and refusals pass. All else may be kept by those who ask again before they use it, which the ETag makes cheap
// (RFC 9111 §5.2.2.4); but nobody between us and the client may keep what needs a token.
char const* cache_control(int status, bool needs_token) {
  if (status == 401 || status >= 500) return "no-store";
  return needs_token ? "private, no-cache" : "no-cache";
}

}  // namespace

AccessPolicy::AccessPolicy(AccessOptions options)
    : options_(std::move(options)),
      is_open_to_all_origins_(std::ranges::find(options_.cors_origins, "*") != options_.cors_origins.end()),
      always_(always(is_open_to_all_origins_)) {}

std::optional<Error> AccessPolicy::admit(Request const& request) const {
  if (!options_.tokens || request.method == "OPTIONS") return std::nullopt;
  return options_.tokens->check(find_header(request.headers, "Authorization").value_or(""),
                                std::chrono::system_clock::now());
}

std::string_view AccessPolicy::allowed_origin(Request const& request) const {
  if (is_open_to_all_origins_) return "*";
  auto const origin = find_header(request.headers, "Origin");
  auto const known = origin ? std::ranges::find(options_.cors_origins, *origin) : options_.cors_origins.end();
  return known == options_.cors_origins.end() ? std::string_view() : *known;
}

void AccessPolicy::add_headers(Response& response, std::string_view allowed_origin) const {
  auto& headers = response.headers;
  headers.add(always_);
  headers.add("Cache-Control", cache_control(response.status, options_.tokens != nullptr));
  if (!allowed_origin.empty()) headers.add("Access-Control-Allow-Origin", allowed_origin);
}

Response AccessPolicy::preflight() const {
  return {204,
          {{"Allow", "GET, HEAD, OPTIONS"},
           {"Access-Control-Allow-Methods", "GET, HEAD, OPTIONS"},
           {"Access-Control-Allow-Headers", "Accept, Authorization, Content-Type, If-None-Match, Prefer, X-Request-Id"},
           {"Access-Control-Max-Age", "86400"}},
          {}};
}

}  // namespace restapi::api
