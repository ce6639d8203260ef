// SPDX-License-Identifier: MIT
#include "api/response_of.hpp"

#include <fmt/format.h>

#include <chrono>
#include <utility>

#include "http/preferences.hpp"

namespace restapi::api {

http::Response response_of(Answer const& answer, std::string_view media_type, std::string body) {
  http::Response response{answer.status, {{"Content-Type", media_type}}, std::move(body)};
  if (answer.total) {
    auto const total = std::to_string(*answer.total);
    response.headers.add("X-Total-Count", total);
    response.headers.add("X-Total-Counts", total);
  }
  if (answer.is_total_estimated) {
    response.headers.add("X-Total-Count-Kind", "estimated");
    response.headers.add("Access-Control-Expose-Headers", "X-Total-Count-Kind");
  }
  if (answer.total_age) {
    response.headers.add(http::total_age_header,
                         fmt::format("{:.3f}", std::chrono::duration<double>(*answer.total_age).count()));
    // Beside that of all answers, which it is none of.
    response.headers.add("Access-Control-Expose-Headers", http::total_age_header);
  }
  if (!answer.link.empty()) response.headers.add("Link", answer.link);
  if (!answer.hint.empty()) response.headers.add("X-Hint", answer.hint);
  return response;
}

}  // namespace restapi::api
