// SPDX-License-Identifier: MIT
#include "api/access/standard_headers.hpp"

namespace restapi::api {
namespace {

std::string_view content_security_policy(Shown shown) {
  return shown == Shown::data ? "default-src 'none'; frame-ancestors 'none'"
                              : "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; "
                                "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";
}

}  // namespace

// An answer is data: nothing in it may run, be framed, or be taken for another type, and following a link in it tells
// nobody where it stood. Loading without CORS, as an image or a script, is for those who are let in by CORS without
// being asked.
http::ResponseHeaders standard_headers(Shown shown, bool is_open_to_all_origins, bool differs_by_origin) {
  return {
      {"X-Content-Type-Options", "nosniff"},
      {"Referrer-Policy", "no-referrer"},
      {"Content-Security-Policy", content_security_policy(shown)},
      {"Access-Control-Expose-Headers",
       "ETag, Link, Preference-Applied, Server-Timing, X-Hint, X-Request-Id, X-Total-Count, X-Total-Counts"},
      {"Cross-Origin-Resource-Policy", is_open_to_all_origins ? "cross-origin" : "same-origin"},
      {"Vary", differs_by_origin ? "Accept, Accept-Encoding, Origin" : "Accept, Accept-Encoding"},
  };
}

// Faults and refusals pass. All else may be kept by those who ask again before they use it, which the ETag makes cheap
// (RFC 9111 §5.2.2.4); but nobody between us and the client may keep what needs a token.
char const* cache_control(int status, bool is_personal) {
  if (status == 401 || status >= 500) return "no-store";
  return is_personal ? "private, no-cache" : "no-cache";
}

}  // namespace restapi::api
