// SPDX-License-Identifier: MIT
/// Any text is a packet of Socket.IO that survives printing, or none; an event has a name and arguments that are JSON.
#include <cstddef>
#include <cstdint>
#include <nlohmann/json.hpp>
#include <string_view>

#include "api/socket_io/packet.hpp"
#include "fuzz/require.hpp"

using restapi::fuzz::require;

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
  using namespace restapi::api::socket_io;
  auto const packet = read_packet({reinterpret_cast<char const*>(data), size});
  if (!packet) return 0;
  auto const again = read_packet(text_of(*packet));
  require(again && again->type == packet->type && again->name_space == packet->name_space && again->id == packet->id &&
          again->data == packet->data && again->attachments == packet->attachments);
  require(packet->data.empty() || nlohmann::json::accept(packet->data));
  if (packet->type == PacketType::event || packet->type == PacketType::binary_event) {
    auto const event = split(packet->data);
    require(nlohmann::json::accept("[" + std::string(event.arguments) + "]"));
    require(nlohmann::json(event.name).dump().size() >= 2);
  }
  return 0;
}
