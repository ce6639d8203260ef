// SPDX-License-Identifier: MIT
#include "api/socket_io/packet.hpp"

#include <algorithm>
#include <charconv>
#include <nlohmann/json.hpp>

namespace restapi::api::socket_io {
namespace {

constexpr std::string_view blanks = " \t\r\n";
constexpr std::size_t longest_number = 15;  // digits: JavaScript counts on without a mistake

/// Names of events that clients make themselves.
constexpr std::string_view reserved[] = {"connect",       "connect_error", "disconnect",
                                         "disconnecting", "newListener",   "removeListener"};

bool is_binary(PacketType type) { return type == PacketType::binary_event || type == PacketType::binary_ack; }

/// The number that the text begins with, which is taken from it. Nothing: there is none, or it is too long.
std::optional<std::uint64_t> take_number(std::string_view& text) {
  auto const size = std::min(text.find_first_not_of("0123456789"), text.size());
  if (size == 0 || size > longest_number) return std::nullopt;
  std::uint64_t number = 0;
  std::from_chars(text.data(), text.data() + size, number);
  text.remove_prefix(size);
  return number;
}

std::string_view without_blanks(std::string_view text) {
  auto const begin = text.find_first_not_of(blanks);
  if (begin == text.npos) return {};
  return text.substr(begin, text.find_last_not_of(blanks) - begin + 1);
}

/// Where the JSON string ends that the text begins with, behind its quote. Requires: it is one.
std::size_t end_of_string(std::string_view text) {
  std::size_t end = 1;
  while (text[end] != '"') end += text[end] == '\\' ? 2 : 1;
  return end + 1;
}

bool has_name(std::string_view array) {
  auto const first = without_blanks(array.substr(1));
  if (!first.starts_with('"')) return false;
  return std::ranges::find(reserved, split(array).name) == std::end(reserved);
}

bool is_right(PacketType type, std::string_view data) {
  if (type == PacketType::disconnect) return data.empty();
  if (type == PacketType::connect && data.empty()) return true;
  // To the library a null byte is the end.
  if (data.find('\0') != data.npos || !nlohmann::json::accept(data)) return false;
  auto const json = without_blanks(data);
  switch (type) {
    case PacketType::connect:
      return json.starts_with('{');
    case PacketType::connect_error:
      return json.starts_with('{') || json.starts_with('"');
    case PacketType::event:
    case PacketType::binary_event:
      return json.starts_with('[') && has_name(json);
    case PacketType::ack:
    case PacketType::binary_ack:
      return json.starts_with('[');
    case PacketType::disconnect:
      break;
  }
  return false;
}

}  // namespace

std::optional<Packet> read_packet(std::string_view text) {
  if (text.empty() || text.front() < '0' || text.front() > '6') return std::nullopt;
  Packet packet{static_cast<PacketType>(text.front() - '0')};
  text.remove_prefix(1);
  if (is_binary(packet.type)) {
    auto const attachments = take_number(text);
    if (!attachments || *attachments == 0 || !text.starts_with('-')) return std::nullopt;
    packet.attachments = static_cast<std::size_t>(*attachments);
    text.remove_prefix(1);
  }
  if (text.starts_with('/')) {
    packet.name_space = text.substr(0, text.find(','));
    text.remove_prefix(std::min(packet.name_space.size() + 1, text.size()));
  }
  if (!text.empty() && text.front() >= '0' && text.front() <= '9') {
    packet.id = take_number(text);
    if (!packet.id) return std::nullopt;
  }
  if (!is_right(packet.type, text)) return std::nullopt;
  packet.data = text;
  return packet;
}

std::string text_of(Packet const& packet) {
  std::string text(1, static_cast<char>('0' + static_cast<int>(packet.type)));
  if (is_binary(packet.type)) (text += std::to_string(packet.attachments)) += '-';
  if (packet.name_space != "/") (text += packet.name_space) += ',';
  if (packet.id) text += std::to_string(*packet.id);
  return text += packet.data;
}

NameAndArguments split(std::string_view data) {
  auto array = without_blanks(data);
  array = without_blanks(array.substr(1, array.size() - 2));
  auto const end = end_of_string(array);
  NameAndArguments both{nlohmann::json::parse(array.substr(0, end)).get<std::string>(),
                        without_blanks(array.substr(end))};
  if (!both.arguments.empty()) both.arguments = without_blanks(both.arguments.substr(1));  // the comma
  return both;
}

}  // namespace restapi::api::socket_io
