// SPDX-License-Identifier: MIT
#include "api/engine_io/packet.hpp"

#include <utility>

#include "base/base64.hpp"
#include "base/utf8.hpp"

namespace restapi::api::engine_io {
namespace {

constexpr char separator = '\x1e';
constexpr char binary_mark = 'b';

}  // namespace

std::optional<Packet> read_packet(Kind kind, std::string_view data) {
  if (kind == Kind::binary) return Packet{PacketType::message, kind, std::string(data)};
  if (data.empty()) return std::nullopt;
  auto const first = data.front();
  data.remove_prefix(1);
  if (first == binary_mark) {
    auto bytes = from_base64(data);
    if (!bytes) return std::nullopt;
    return Packet{PacketType::message, Kind::binary, *std::move(bytes)};
  }
  if (first < '0' || first > '6') return std::nullopt;
  return Packet{static_cast<PacketType>(first - '0'), kind, std::string(data)};
}

Payload read_payload(std::string_view body) {
  Payload payload;
  if (!utf8::is_valid(body)) return {{}, false};
  for (;;) {
    auto const end = body.find(separator);
    auto read = read_packet(Kind::text, body.substr(0, end));
    if (!read) payload.is_whole = false;
    if (!read) return payload;
    payload.packets.push_back(*std::move(read));
    if (end == body.npos) return payload;
    body.remove_prefix(end + 1);
  }
}

Message packet(PacketType type, std::string_view data) {
  return {Kind::text, std::string(1, static_cast<char>('0' + static_cast<int>(type))).append(data)};
}

Message binary_packet(std::string data) { return {Kind::binary, std::move(data)}; }

std::string payload_of(std::span<Message const> packets) {
  std::string body;
  for (auto const& one : packets) {
    if (&one != packets.data()) body += separator;
    if (one.kind() == Kind::text)
      body += one.payload();
    else
      (body += binary_mark) += to_base64(one.payload());
  }
  return body;
}

}  // namespace restapi::api::engine_io
