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
};

/// Each service has its own. Any thread may call.
class AccessPolicy {
 public:
  explicit AccessPolicy(AccessOptions options);

  /// To be asked before anything else is done for a request: nothing, or why it may not pass. OPTIONS passes always:
  /// browsers send their preflight without a token.
  std::optional<Error> admit(http::Request const& request) const;

  /// What Access-Control-Allow-Origin says in the answer; empty: nothing. All that differs between clients in what
  /// add_headers() adds, so answers may be shared by requests that agree in it. The view is of the policy.
  std::string_view allowed_origin(http::Request const& request) const;

  /// Adds what every answer carries. Requires: `allowed_origin` is that function's.
  void add_headers(http::Response& response, std::string_view allowed_origin) const;

  /// The answer to OPTIONS at an address that takes these methods (methods.hpp), but for what every answer carries.
  /// Pages of allowed origins may send the headers that they ask for, and may come from a network that is more public
  /// than ours (Private Network Access).
  http::Response preflight(http::Request const& request, std::string_view methods) const;

 private:
  AccessOptions const options_;
  bool const is_open_to_all_origins_;
  http::ResponseHeaders const always_;  // what does not depend on the answer
};

}  // namespace restapi::api
