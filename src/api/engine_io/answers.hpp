// SPDX-License-Identifier: MIT
/// What a request of Engine.IO asks for, and what is answered (Engine.IO 4, "HTTP long-polling").
#pragma once

#include <string>
#include <string_view>

#include "http/message.hpp"

namespace restapi::api::engine_io {

/// What the protocol refuses, by its numbers.
struct Refusal {
  int code;
  std::string_view message;
  int status = 400;
};
inline constexpr Refusal transport_unknown{0, "Transport unknown"};
inline constexpr Refusal session_unknown{1, "Session ID unknown"};
inline constexpr Refusal bad_handshake_method{2, "Bad handshake method"};
inline constexpr Refusal bad_request{3, "Bad request"};
inline constexpr Refusal forbidden{4, "Forbidden", 403};
inline constexpr Refusal unsupported_version{5, "Unsupported protocol version"};

http::Response refused(Refusal const& refusal);

/// 503: there are as many sessions as there may be.
http::Response full();

http::Response text(std::string body);

/// Values of the query of a target; those of interest have no character that is percent-encoded. Empty: there is none.
std::string_view value_of(std::string_view target, std::string_view key);

}  // namespace restapi::api::engine_io
