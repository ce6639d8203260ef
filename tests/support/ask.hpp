// SPDX-License-Identifier: MIT
/// Asking a service in process, and looking at what it says.
#pragma once

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "support/service.hpp"
#include "support/stores.hpp"

namespace restapi::test {

struct Answer {
  int status = 0;
  http::ResponseHeaders headers;
  std::string text;
  nlohmann::json body;  ///< null where the text is no JSON

  std::string header(std::string_view name) const { return std::string(http::find_header(headers, name).value_or("")); }

  /// The ids of the rows, in their order. Requires a list or an object; "data" has one member, an array.
  std::vector<std::int64_t> ids() const {
    std::vector<std::int64_t> ids;
    for (auto const& row : body.at("data").begin().value()) ids.push_back(row.at("id"));
    return ids;
  }
};

/// nlohmann-json refuses numbers beyond a double; a fixture has one of 400 digits and one with exponent 400.
inline nlohmann::json parse_json(std::string text) {
  if (auto const at = text.find("e400"); at != text.npos) text.erase(at, 4);
  constexpr std::string_view digits = "0123456789";
  for (std::size_t at = 0; (at = text.find_first_of(digits, at)) != text.npos;) {
    auto const length = std::min(text.find_first_not_of(digits, at), text.size()) - at;
    if (length > 300) text.replace(at, length, "1");
    at += length > 300 ? 1 : length;
  }
  return nlohmann::json::parse(text, nullptr, false);
}

inline Answer ask(store::Store& store, std::string const& target, api::ServiceOptions const& options = {}) {
  auto const response = test::Service(store, options).answer("GET", target);
  return {response.status, response.headers, response.body.text(), parse_json(response.body.text())};
}

/// Asks until the answer is another than 503, for a minute at most: a database that has been away is looked for a few
/// times a second.
inline Answer ask_until_available(store::Store& store, std::string const& target) {
  auto const until = std::chrono::steady_clock::now() + std::chrono::minutes(1);
  auto answer = ask(store, target);
  while (answer.status == 503 && std::chrono::steady_clock::now() < until) {
    std::this_thread::yield();
    answer = ask(store, target);
  }
  return answer;
}

inline std::vector<std::int64_t> ids_of(store::Store& store, std::string const& target) {
  auto const answer = ask(store, target);
  return answer.status == 200 ? answer.ids() : std::vector<std::int64_t>{-answer.status};
}

}  // namespace restapi::test
