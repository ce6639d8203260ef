// SPDX-License-Identifier: MIT
/// Who may read: requests with a token that one of the known keys has signed (JWT, RFC 7519), sent as a bearer token
/// (RFC 6750).
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.hpp"

namespace restapi::api {

struct TokenOptions {
  std::string key_file;       ///< the keys, in any form that JwkSet::parse() takes
  std::string issuer = {};    ///< what "iss" must say; empty: anything
  std::string audience = {};  ///< what "aud" must say or contain; empty: anything
};

/// Any thread may call. Neither logs nor errors contain any part of a token.
class BearerTokens {
 public:
  using Time = std::chrono::system_clock::time_point;

  /// Reads the keys. Error source_refused, in a sentence that names the file: it cannot be read, or no key in it can be
  /// used.
  static Result<std::shared_ptr<BearerTokens>> open(TokenOptions options);

  ~BearerTokens();

  /// Whether a request may pass at this time: nothing, or token_missing or token_refused. `authorization` is the value
  /// of its Authorization header. Besides the signature it checks "exp" and "nbf", with a minute for clocks that
  /// differ; a token without "exp" does not expire.
  ///
  /// An accepted token is cached for as long as it is valid, so asking again costs no signature check. Once
  /// a second it is looked whether the file of the keys has changed; if so, it is read again, and the cache is emptied.
  /// If there is no usable key in it then, the keys stay as they were and the log says so; an empty set refuses
  /// everybody.
  std::optional<Error> check(std::string_view authorization, Time now);

 private:
  struct Keys;
  struct FileState;

  explicit BearerTokens(TokenOptions options);
  Result<std::shared_ptr<Keys>> read_keys() const;
  void look_at_file(Time now);
  std::optional<Error> check_claims(std::string_view payload, Time now, Time& valid_until) const;

  TokenOptions const options_;
  std::mutex mutex_;            // of what follows, and of what the keys have accepted
  std::int64_t looked_at_ = 0;  // when the file was looked at, in seconds of the epoch
  std::unique_ptr<FileState> file_state_;
  std::shared_ptr<Keys> keys_;
};

/// The WWW-Authenticate header for token_missing and token_refused (RFC 6750 §3).
std::string challenge(Error const& error);

}  // namespace restapi::api
