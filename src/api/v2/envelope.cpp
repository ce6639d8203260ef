// SPDX-License-Identifier: MIT
#include "api/v2/envelope.hpp"

#include <algorithm>
#include <utility>

#include "api/data.hpp"
#include "api/response_of.hpp"
#include "api/v2/openapi/document.hpp"
#include "base/json_text.hpp"

namespace restapi::api::v2 {
namespace {

/// The whole URL for people, percent-decoded; but as it was sent where the decoded one would be another: a %23 would
/// begin a fragment, a %2525 be decoded twice.
std::string url_of(http::Target const& target, http::PublicAddress const& address) {
  auto const origin = address.scheme + "://" + address.host;
  auto const path = address.prefix + target.path;
  auto const query = target.query.empty() ? "" : "?" + target.query;
  auto sent = origin + path + query;
  if (sent.find('%') == sent.npos) return sent;
  auto const prefix = http::percent_decode(address.prefix);
  auto const decoded_path = (prefix ? *prefix : address.prefix) + target.decoded_path;
  auto decoded = origin + decoded_path + (query.empty() ? "" : "?" + target.decoded_query);
  auto const again = http::percent_decode(decoded);
  auto const has_as_many = [](char c, std::string_view one, std::string_view other) {
    return std::ranges::count(one, c) == std::ranges::count(other, c);
  };
  bool const leads_back = again && *again == decoded && decoded.find('#') == decoded.npos &&
                          decoded_path.find('?') == decoded_path.npos && has_as_many('/', decoded_path, path) &&
                          has_as_many('&', target.decoded_query, target.query);
  return leads_back ? decoded : sent;
}

}  // namespace

Result<http::Response> render_json(Answer const& answer, http::Target const& target, http::PublicAddress const& address,
                                   AnswerLimits& limits) {
  auto const root = address.root();
  if (std::holds_alternative<Description>(answer.content))
    return response_of(answer, "application/json", openapi::document(root));
  auto data = data_of(answer.content, limits);
  if (!data) return std::move(data).error();
  auto const url = url_of(target, address);

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
