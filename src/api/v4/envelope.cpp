// SPDX-License-Identifier: MIT
#include "api/v4/envelope.hpp"

#include <string>
#include <string_view>
#include <utility>

#include "api/data.hpp"
#include "api/response_of.hpp"
#include "api/v4/routes.hpp"
#include "base/json_text.hpp"

namespace restapi::api::v4 {
namespace {

constexpr int ok = 200;

/// The id as it was sent, a number of a user; nothing: the path is not about objects.
std::optional<std::string> id_of(Found const& found) {
  if (found.route->is_of_server() || found.route->is_posted()) return std::nullopt;
  if (found.id.empty()) return "null";
  if (found.view->resource->identity == model::Identity::pk) {
    auto const first = found.id.find_first_not_of('0');
    return first == std::string::npos ? "0" : found.id.substr(first);
  }
  std::string text;
  append_json_string(text, found.id);
  return text;
}

}  // namespace

Result<http::Response> render_json(Answer const& answer, http::Target const& target, http::PublicAddress const& address,
                                   AnswerLimits& limits) {
  auto data = data_of(answer.content, limits);
  if (!data) return std::move(data).error();
  auto const found = find_route(target.decoded_path);
  bool const is_posted = found && found->route->is_posted();
  auto const root = address.root();
  auto url = root.substr(0, root.size() - 1) + target.decoded_path;
  if (!target.query.empty()) url += "?" + target.decoded_query;

  auto body = *std::move(data);  // large ones have room for what follows
  auto const add = [&](std::string_view key, std::string_view text) {
    body += key;
    append_json_string(body, text);
  };
  body.insert(0, "{\"data\":");
  if (auto const id = found && answer.status == ok ? id_of(*found) : std::nullopt) body.append(",\"id\":").append(*id);
  // HEAD answers with GET's headers, so with GET's length.
  body += is_posted && answer.status == ok ? ",\"method\":\"POST\"" : ",\"method\":\"GET\"";
  add(",\"path\":", target.decoded_path);
  add(",\"query_string\":", is_posted ? target.query : target.decoded_query);
  add(",\"resource_type\":", answer.resource_type);
  add(",\"url\":", url);
  add(",\"url_root\":", root);
  body += '}';
  auto response = response_of(answer, "application/json", std::move(body));
  if (constexpr int not_allowed = 405; answer.status == not_allowed) response.headers.add("Allow", "POST, OPTIONS");
  return response;
}

}  // namespace restapi::api::v4
