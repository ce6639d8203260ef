// SPDX-License-Identifier: MIT
#include "api/v2/errors.hpp"

#include <utility>
#include <vector>

#include "api/error_response.hpp"
#include "api/v2/formats.hpp"
#include "api/v2/nearest_endpoint.hpp"
#include "api/v2/routes.hpp"
#include "http/error_catalogue.hpp"
#include "http/target.hpp"

namespace restapi::api::v2 {
namespace {

std::string message_of(Error const& error, std::string_view query) {
  auto message = error.message;
  if (error.offset) {
    auto const offset = query.empty() ? *error.offset : http::offset_before_decoding(query, *error.offset);
    message += " (at byte " + std::to_string(offset) + " of the query string)";
  }
  return with_hint(std::move(message), error.hint);
}

}  // namespace

http::Response render(Error const& error, std::string_view query) {
  return error_response(error, http::error_row(error.code).status, message_of(error, query));
}

http::Response no_such_route(std::string const& url_root, std::span<std::string const> segments) {
  auto line = "no such endpoint; the API starts at " + url_root + std::string(prefix.substr(1));
  std::vector<std::string> words(segments.begin(), segments.end());
  if (!words.empty()) words.back().resize(words.back().size() - ending_of(words.back(), formats()).size());
  if (auto const nearest = nearest_endpoint(words); !nearest.empty())
    line += "; the nearest endpoint is " + url_root + nearest.substr(1);
  return {404, {{"Content-Type", "text/plain; charset=utf-8"}}, line + "\n"};
}

}  // namespace restapi::api::v2
