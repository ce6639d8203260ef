// SPDX-License-Identifier: MIT
#include "api/web_socket/deflate.hpp"

#include <zlib.h>

#include <algorithm>
#include <array>
#include <stdexcept>

namespace restapi::api::web_socket {
namespace {

constexpr int raw_window = -15;  // zlib's way to ask for no header and no trailer
constexpr int memory_level = 8;

/// The empty block that ends what is flushed. It is not sent (§7.2.1, §7.2.2).
constexpr std::string_view empty_block("\x00\x00\xff\xff", 4);

Bytef* input(std::string_view text) {
  return reinterpret_cast<Bytef*>(const_cast<char*>(text.data()));  // zlib does not change it
}

}  // namespace

std::string deflated(std::string_view message) {
  z_stream stream{};
  if (deflateInit2(&stream, Z_BEST_SPEED, Z_DEFLATED, raw_window, memory_level, Z_DEFAULT_STRATEGY) != Z_OK)
    throw std::runtime_error("zlib cannot start");
  std::string payload(deflateBound(&stream, message.size()) + empty_block.size() + 1, '\0');
  stream.next_in = input(message);
  stream.avail_in = static_cast<uInt>(message.size());
  stream.next_out = reinterpret_cast<Bytef*>(payload.data());
  stream.avail_out = static_cast<uInt>(payload.size());
  auto const state = deflate(&stream, Z_SYNC_FLUSH);
  payload.resize(payload.size() - stream.avail_out);
  bool const is_whole = state == Z_OK && stream.avail_in == 0 && payload.ends_with(empty_block);
  deflateEnd(&stream);
  if (!is_whole) throw std::runtime_error("zlib cannot finish");
  payload.resize(payload.size() - empty_block.size());
  return payload;
}

Inflated inflated(std::string_view payload, std::size_t most) {
  z_stream stream{};
  if (inflateInit2(&stream, raw_window) != Z_OK) throw std::runtime_error("zlib cannot start");
  Inflated result;
  std::array<char, 16 * 1024> piece;
  auto const add = [&](std::string_view bytes) {
    stream.next_in = input(bytes);
    stream.avail_in = static_cast<uInt>(bytes.size());
    do {
      stream.next_out = reinterpret_cast<Bytef*>(piece.data());
      stream.avail_out = static_cast<uInt>(piece.size());
      auto const state = inflate(&stream, Z_SYNC_FLUSH);
      auto const size = piece.size() - stream.avail_out;
      if (result.message.size() + size > most)
        result.error = InflateError::too_large;
      else
        result.message.append(piece.data(), size);
      // A last block may come, and something behind it: then a new stream begins (§7.2.3.5).
      if (state == Z_STREAM_END && inflateReset(&stream) == Z_OK) continue;
      if (state != Z_OK && state != Z_BUF_ERROR && !result.error) result.error = InflateError::no_deflate;
    } while (!result.error && (stream.avail_in > 0 || stream.avail_out == 0));
  };
  add(payload);
  if (!result.error) add(empty_block);
  inflateEnd(&stream);
  return result;
}

}  // namespace restapi::api::web_socket
