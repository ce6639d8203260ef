// SPDX-License-Identifier: MIT
/// How an HTTP request becomes a WebSocket (RFC 6455 §4.2), with permessage-deflate (RFC 7692) where it is offered.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "http/message.hpp"

namespace restapi::api::web_socket {

/// Whether the request wants to go on as a WebSocket (Upgrade: websocket).
bool wants_web_socket(http::Request const& request);

struct Handshake {
  http::Response response;  ///< 101; or 426 or 400, behind which HTTP goes on
  bool deflates = false;    ///< agreed on

  bool is_agreed() const { return response.status == 101; }
};

/// Whether the origin of the request may, is asked before.
Handshake shake_hands(http::Request const& request);

/// What the server says to the Sec-WebSocket-Extensions of a client; nothing: it takes none of them. It takes
/// permessage-deflate where that binds it to nothing, because what it sends is compressed once for all.
std::optional<std::string_view> accepted_extension(std::string_view offers);

}  // namespace restapi::api::web_socket
