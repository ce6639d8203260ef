// SPDX-License-Identifier: MIT
#include "api/v2/envelope.hpp"

#include <utility>

#include "api/v2/data.hpp"
#include "base/json_text.hpp"

namespace restapi::api::v2 {

http::Response response_of(Answer const& answer, std::string_view media_type, std::string body) {
  auto const total = std::to_string(answer.total);
  http::Response response{
      200, {{"Content-Type", media_type}, {"X-Total-Count", total}, {"X-Total-Counts", total}}, std::move(body)};
  if (!answer.link.empty()) response.headers.add("Link", answer.link);
  return response;
}

Result<http::Response> render_json(Answer const& answer, http::Target const& target, http::PublicAddress const& address,
                                   AnswerLimits& limits) {
  auto data = data_of(answer.content, limits);
  if (!data) return std::move(data).error();
  auto const root = address.root();
  std::string url = root.substr(0, root.size() - 1) + target.decoded_path;
  if (!target.query.empty()) url += "?" + target.decoded_query;

  auto body = *std::move(data);  // large ones have room for what follows
  auto const add = [&](std::string_view key, std::string_view text) {
    body += key;
    append_json_string(body, text);
  };
  body.insert(0, "{\"data\":");
  // HEAD answers with GET's headers, so with GET's length.
  body += ",\"method\":\"GET\"";
  add(",\"path\":", target.path);
  body += ",\"pk\":" + (answer.pk ? std::to_string(*answer.pk) : "null");
  add(",\"query_string\":", target.query);
  add(",\"resource_type\":", answer.resource_type);
  add(",\"url\":", url);
  add(",\"url_root\":", root);
  body += '}';
  return response_of(answer, "application/json", std::move(body));
}

}  // namespace restapi::api::v2
