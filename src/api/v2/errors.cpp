// SPDX-License-Identifier: MIT
#include "api/v2/errors.hpp"

#include "api/access/bearer_token.hpp"
#include "api/v2/nearest_endpoint.hpp"
#include "api/v2/routes.hpp"
#include "base/json_text.hpp"
#include "http/error_catalogue.hpp"
#include "http/target.hpp"

namespace restapi::api::v2 {
namespace {

std::string message_of(Error const& error, std::string_view query, int status) {
  // Nothing of our insides: what happened stands in the log.
  if (status == 500) return "Internal server error";
  auto message = error.message;
  if (error.offset) {
    auto const offset = query.empty() ? *error.offset : http::offset_before_decoding(query, *error.offset);
    message += " (at byte " + std::to_string(offset) + " of the query string)";
  }
  if (!error.hint.empty()) message += (message.ends_with('.') ? " " : "; ") + error.hint;
  return message;
}

}  // namespace

http::Response render(Error const& error, std::string_view query) {
  auto const& row = http::error_row(error.code);
  http::Response response{
      row.status, {{"Content-Type", "application/json"}}, message_json(message_of(error, query, row.status))};
  if (row.status == 503 && error.lasting.empty()) response.headers.add("Retry-After", "5");
  if (row.status == 401) response.headers.add("WWW-Authenticate", challenge(error));
  return response;
}

http::Response no_such_route(std::string const& url_root, std::span<std::string const> segments) {
  auto line = "no such endpoint; the API starts at " + url_root + std::string(prefix.substr(1));
  if (auto const nearest = nearest_endpoint(segments); !nearest.empty())
    line += "; the nearest endpoint is " + url_root + nearest.substr(1);
  return {404, {{"Content-Type", "text/plain; charset=utf-8"}}, line + "\n"};
}

}  // namespace restapi::api::v2
