// SPDX-License-Identifier: MIT
/// Packets of Engine.IO 4: a digit and text, or bytes.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "api/web_socket/message.hpp"

namespace restapi::api::engine_io {

using web_socket::Kind;
using web_socket::Message;

enum class PacketType { open, close, ping, pong, message, upgrade, noop };

struct Packet {
  PacketType type = PacketType::message;
  Kind kind = Kind::text;
  std::string data = {};  ///< of Kind::text: UTF-8
};

/// As it comes in a message of a WebSocket. Nothing: it is none.
std::optional<Packet> read_packet(Kind kind, std::string_view data);

/// The packets of a POST, with 0x1e between them and binary ones as "b" and base64. Those before the first that is
/// none, and whether there is such a one.
struct Payload {
  std::vector<Packet> packets = {};
  bool is_whole = true;
};
Payload read_payload(std::string_view body);

/// A packet as it is sent. Those of PacketType::message may go to many sessions.
Message packet(PacketType type, std::string_view data = {});
Message binary_packet(std::string data);

/// The body of the answer to a poll.
std::string payload_of(std::span<Message const> packets);

}  // namespace restapi::api::engine_io
