// SPDX-License-Identifier: MIT
/// Who may read, and what browsers are told about it: the one place that decides on tokens, on origins (CORS, Fetch
/// Standard §3.2) and on the headers that every answer carries. See docs/security.md.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "api/access/bearer_token.hpp"
#include "base/error.hpp"
#include "http/message.hpp"

namespace restapi::api {

struct AccessOptions {
  /// Web pages of these origins may read the answers: "*" for all, or as browsers write them, "https://example.org".
  std::vector<std::string> cors_origins = {};
  std::shared_ptr<BearerTokens> tokens = {};  ///< null: whoever reaches the server may read
  bool is_personal = false;                   ///< some answers say more with a token, though none is needed
};

/// Each service has its own. Any thread may call.
class AccessPolicy {
 public:
  explicit AccessPolicy(AccessOptions options);

  /// Call before anything else is done for a request. Nothing: it may pass; otherwise why not. OPTIONS always passes:
  /// browsers send their preflight without a token.
  /// `other_token`: sent where there cannot be a header, and counts where there is none.
  std::optional<Error> admit(http::Request const& request, std::string_view other_token = {}) const;

  bool needs_token() const { return options_.tokens != nullptr; }

  /// The value of Access-Control-Allow-Origin in the answer; empty: no such header. Nothing else that add_headers()
  /// adds depends on the client, so requests with equal values can share an answer. A view of the policy.
  std::string_view allowed_origin(http::Request const& request) const;

  /// Adds the headers of every answer. Requires: `allowed_origin` is what the function of this name has returned.
  void add_headers(http::Response& response, std::string_view allowed_origin) const;

  /// The answer to OPTIONS at an address that accepts these methods (methods.hpp), without the headers of every answer.
  /// Pages of allowed origins may send the headers that they ask for, and may come from a network that is more public
  /// than ours (Private Network Access).
  http::Response preflight(http::Request const& request, std::string_view methods) const;

 private:
  AccessOptions const options_;
  bool const is_open_to_all_origins_;
  // What depends on nothing else of the answer than whether it is a page.
  http::ResponseHeaders const of_data_, of_pages_;
};

}  // namespace restapi::api
