// SPDX-License-Identifier: MIT
#include "api/v4/errors.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <string>
#include <utility>

#include "api/error_response.hpp"
#include "api/v4/routes.hpp"
#include "http/error_catalogue.hpp"
#include "http/target.hpp"

namespace restapi::api::v4 {
namespace {

/// Where AiiDA's status is another one than that of the catalogue.
struct StatusRow {
  Code code;
  int status;
};

constexpr StatusRow statuses[] = {
    {Code::syntax, 404},         {Code::repeated_key, 404}, {Code::only_assignment, 404}, {Code::key_elsewhere, 404},
    {Code::no_such_object, 404}, {Code::ambiguous_id, 404}, {Code::no_such_page, 404},
};

int status_of(Code code) {
  for (auto const& row : statuses)
    if (row.code == code) return row.status;
  return http::error_row(code).status;
}

/// Of a byte of the decoded text; characters are counted, from 1, as in AiiDA.
std::size_t column_of(std::string_view query, std::size_t offset) {
  auto const decoded = http::percent_decode(query);
  if (query.empty() || !decoded) return offset + 1;
  auto const goes_on = [](char byte) { return (static_cast<unsigned char>(byte) & 0xC0) == 0x80; };
  auto const before = std::string_view(*decoded).substr(0, offset);
  return offset + 1 - static_cast<std::size_t>(std::ranges::count_if(before, goes_on));
}

std::string message_of(Error const& error, std::string_view query) {
  auto message = error.message;
  if (error.offset && error.code == Code::syntax) {
    message.insert(0, "The query string format is invalid. ");
    message += " (at column " + std::to_string(column_of(query, *error.offset)) + ")";
  } else if (error.offset) {
    auto const offset = query.empty() ? *error.offset : http::offset_before_decoding(query, *error.offset);
    message += " (at byte " + std::to_string(offset) + " of the query string)";
  }
  return with_hint(std::move(message), error.hint);
}

}  // namespace

http::Response render(Error const& error, std::string_view query) {
  return error_response(error, status_of(error.code), message_of(error, query));
}

http::Response no_such_route(bool has_posting) {
  nlohmann::json const body{{"available_endpoints", endpoints(has_posting)}, {"message", unknown_url}};
  return {404, {{"Content-Type", "application/json"}}, body.dump()};
}

}  // namespace restapi::api::v4
