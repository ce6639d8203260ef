// SPDX-License-Identifier: MIT
/// The name of a request: in X-Request-Id of its answer, and in every log.
#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <string>
#include <string_view>

namespace restapi::http {

/// Whether a client's or proxy's own name for its request is kept: 1 to 128 letters, digits and `-._~:/+=@`, which need
/// no escaping in a header, in JSON or on a terminal. UUIDs, ULIDs and base64 are such names.
bool is_request_id(std::string_view text);

/// Whether it looks like a token (base/tokens.hpp), which is no name to be kept in logs.
bool is_token(std::string_view text);

/// "h2k9xq-1f": six characters for the process, then a number, in base 36. Any thread.
class RequestIds {
 public:
  RequestIds();

  /// Short enough for std::string to keep it without memory of its own, for the first 2.8 × 10¹² requests.
  std::string next();

 private:
  std::array<char, 7> prefix_;
  std::atomic<std::uint64_t> count_{0};
};

}  // namespace restapi::http
