// SPDX-License-Identifier: MIT
/// What a server sends over WebSocket (RFC 6455): messages, which may go to many clients without being copied, and
/// control frames.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "net/outgoing.hpp"

namespace restapi::api::web_socket {

enum class Kind { text, binary };

/// Why a connection is closed (RFC 6455 §7.4.1 and IANA's registry).
enum class CloseCode : std::uint16_t {
  normal = 1000,
  going_away = 1001,
  protocol_error = 1002,
  unsupported_data = 1003,
  none = 1005,      ///< the other side gave none; never sent
  abnormal = 1006,  ///< the connection ended without a word; never sent
  invalid_data = 1007,
  policy_violation = 1008,
  too_large = 1009,
  service_restart = 1012,
  try_again_later = 1013,
};

/// Made once and then only read: copies share the text, and the compressed text, which is made when it is first needed.
/// Any thread.
class Message {
 public:
  /// Of Kind::text: UTF-8.
  Message(Kind kind, std::string payload);

  Kind kind() const;
  std::string const& payload() const;
  bool is_shared() const { return shared_.use_count() > 1; }  ///< somebody else has it as well

  /// As a frame. `deflates`: permessage-deflate has been agreed on.
  net::Outgoing frame(bool deflates) const;

 private:
  struct Shared;
  std::shared_ptr<Shared> shared_;
};

/// Messages one after the other.
struct Frames {
  net::Outgoing outgoing = {};  ///< of no messages empty, and not to be sent
  std::size_t messages = 0;
};

/// `deflates`: as of Message::frame().
Frames frames(std::span<Message const> messages, bool deflates);

/// `payload`: at most 125 bytes (§5.5).
net::Outgoing ping_frame(std::string_view payload);
net::Outgoing pong_frame(std::string_view payload);

/// `reason`: UTF-8; what is beyond 123 bytes is left out. CloseCode::none: without a code.
net::Outgoing close_frame(CloseCode code, std::string_view reason = {});

}  // namespace restapi::api::web_socket
