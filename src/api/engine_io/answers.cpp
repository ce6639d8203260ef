// SPDX-License-Identifier: MIT
#include "api/engine_io/answers.hpp"

#include <algorithm>
#include <utility>

namespace restapi::api::engine_io {

http::Response refused(Refusal const& refusal) {
  return {refusal.status,
          {{"Content-Type", "application/json"}},
          "{\"code\":" + std::to_string(refusal.code) + ",\"message\":\"" + std::string(refusal.message) + "\"}"};
}

http::Response full() {
  http::Response response{503, {{"Content-Type", "application/json"}, {"Retry-After", "5"}}, {}};
  response.body = "{\"code\":3,\"message\":\"the server has as many sessions as it has room for\"}";
  return response;
}

http::Response text(std::string body) {
  return {200, {{"Content-Type", "text/plain; charset=UTF-8"}}, std::move(body)};
}

std::string_view value_of(std::string_view target, std::string_view key) {
  auto query = target.substr(std::min(target.find('?'), target.size()));
  while (!query.empty()) {
    query.remove_prefix(1);  // '?' or '&'
    auto const part = query.substr(0, query.find('&'));
    query.remove_prefix(part.size());
    auto const equals = part.find('=');
    if (equals != part.npos && part.substr(0, equals) == key) return part.substr(equals + 1);
  }
  return {};
}

}  // namespace restapi::api::engine_io
