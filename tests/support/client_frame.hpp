// SPDX-License-Identifier: MIT
/// Frames as a client of WebSocket sends them, right or wrong.
#pragma once

#include <array>
#include <cstddef>
#include <string>
#include <string_view>

namespace restapi::test {

inline constexpr unsigned last = 0x80, is_deflated = 0x40, continuation = 0, text = 1, binary = 2, closing = 8,
                          ping = 9, pong = 10;

/// The head of a frame that announces so many bytes, in the shortest way.
inline std::string frame_head(unsigned first, std::size_t size, bool is_masked = true) {
  std::string head(1, static_cast<char>(first));
  unsigned const mask = is_masked ? 0x80 : 0;
  int const length_bytes = size < 126 ? 0 : size <= 0xffff ? 2 : 8;
  head += static_cast<char>(mask | (length_bytes == 0 ? size : length_bytes == 2 ? 126 : 127));
  for (int i = length_bytes; i-- > 0;) head += static_cast<char>(size >> (8 * i) & 0xff);
  return head;
}

inline std::string masked(std::string_view payload) {
  constexpr std::array<char, 4> key{'\x12', '\x34', '\x56', '\x78'};
  std::string bytes(key.begin(), key.end());
  for (std::size_t i = 0; i < payload.size(); ++i) bytes += static_cast<char>(payload[i] ^ key[i % key.size()]);
  return bytes;
}

/// `first`: the first byte, `last | text`.
inline std::string client_frame(unsigned first, std::string_view payload) {
  return frame_head(first, payload.size()) + masked(payload);
}

/// What is in the payload of a close.
inline std::string close_payload(unsigned code, std::string_view reason = {}) {
  return std::string{static_cast<char>(code >> 8), static_cast<char>(code & 0xff)}.append(reason);
}

}  // namespace restapi::test
