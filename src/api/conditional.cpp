// SPDX-License-Identifier: MIT
#include "api/conditional.hpp"

#include "api/cache/response_cache.hpp"
#include "api/methods.hpp"

namespace restapi::api {
namespace {

// The same answer without its body (RFC 9110 §15.4.5).
http::Response not_modified(http::Response response) {
  response.status = 304;
  response.body = {};
  return response;
}

}  // namespace

bool is_read(std::string_view method) { return names_method(reading_methods, method); }

std::string_view if_none_match_of(http::Request const& request) {
  return is_read(request.method) ? http::find_header(request.headers, "If-None-Match").value_or("") : "";
}

http::SharedResponse unless_known(http::SharedResponse const& response, std::string_view if_none_match) {
  auto const etag = if_none_match.empty() ? std::nullopt : http::find_header(response->headers, "ETag");
  return etag && names_etag(if_none_match, *etag) ? not_modified(*response) : response;
}

}  // namespace restapi::api
