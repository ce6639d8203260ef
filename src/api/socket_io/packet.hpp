// SPDX-License-Identifier: MIT
/// Packets of Socket.IO 5 (https://socket.io/docs/v4/socket-io-protocol/): the text of a message of Engine.IO.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace restapi::api::socket_io {

enum class PacketType { connect, disconnect, event, ack, connect_error, binary_event, binary_ack };

struct Packet {
  PacketType type = PacketType::event;
  std::string name_space = "/";
  std::optional<std::uint64_t> id = {};  ///< of an event that is to be acknowledged, or of its acknowledgement
  std::string data = {};                 ///< JSON; empty: none
  std::size_t attachments = 0;           ///< binary messages that follow
};

/// Well-formed, with JSON as its type asks for: an object or nothing to connect, nothing to disconnect, an array that
/// begins with a name (which is none of the protocol's own) for an event, an array for an acknowledgement. Nothing: it
/// is none.
std::optional<Packet> read_packet(std::string_view text);

std::string text_of(Packet const& packet);

struct NameAndArguments {
  std::string name;
  std::string_view arguments;  ///< JSON, as they stand between brackets: `1,"2"`; empty: none. A view of the data.
};

/// Of the data of an event.
NameAndArguments split(std::string_view data);

}  // namespace restapi::api::socket_io
