// SPDX-License-Identifier: MIT
#include "api/error_response.hpp"

#include "api/access/bearer_token.hpp"
#include "base/json_text.hpp"

namespace restapi::api {

http::Response error_response(Error const& error, int status, std::string message) {
  if (status == 500) message = "Internal server error";
  http::Response response{status, {{"Content-Type", "application/json"}}, message_json(message)};
  if (status == 503 && error.lasting.empty()) response.headers.add("Retry-After", "5");
  if (status == 401) response.headers.add("WWW-Authenticate", challenge(error));
  return response;
}

std::string with_hint(std::string message, std::string const& hint) {
  if (hint.empty()) return message;
  message += message.ends_with('.') ? " " : "; ";
  return message += hint;
}

}  // namespace restapi::api
