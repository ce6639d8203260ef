// SPDX-License-Identifier: MIT
/// The keys that signatures of tokens are checked with: a JSON Web Key Set (RFC 7517), and what it makes of a signed
/// token (JWS in its compact form, RFC 7515 §7.1). Hides libjose.
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"

namespace restapi::api {

/// Immutable; any thread.
class JwkSet {
 public:
  /// From a JWK Set, a single JWK, or public keys in PEM ("BEGIN PUBLIC KEY"). Takes octet sequences of 32 to 1024
  /// bytes for HS256, RSA keys of 2048 bits and more for RS256, and P-256 keys for ES256 (RFC 7518 §3); of private keys
  /// only the public part is kept. As RFC 7517 §5 wants it, other keys of a set are passed over.
  /// Error source_refused: the text is none of the three; the message says so in one sentence.
  static Result<JwkSet> parse(std::string_view text);

  std::size_t size() const;

  /// Why keys were passed over, a sentence for each, for the log. Contains nothing of a key but its id.
  std::vector<std::string> const& passed_over() const { return passed_over_; }

  /// The payload of a token that one of the keys has signed. The algorithm that the token names must be the key's own,
  /// so neither "none" nor another use of a public key is possible. If both token and key have an id (kid), they must
  /// be equal.
  /// Error token_refused: a sentence for the client, without any part of the token.
  Result<std::string> verify(std::string_view token) const;

 private:
  struct Keys;
  std::shared_ptr<Keys const> keys_;
  std::vector<std::string> passed_over_;
};

}  // namespace restapi::api
