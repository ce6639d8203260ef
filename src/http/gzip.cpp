// SPDX-License-Identifier: MIT
#include "http/gzip.hpp"

#include <zlib.h>

#include <algorithm>
#include <array>
#include <stdexcept>

namespace restapi::http {
namespace {

class Deflater {
 public:
  Deflater() {
    constexpr int gzip_window = 15 + 16;  // zlib's way to ask for gzip's header and trailer
    constexpr int memory_level = 8;
    if (deflateInit2(&stream, Z_BEST_SPEED, Z_DEFLATED, gzip_window, memory_level, Z_DEFAULT_STRATEGY) != Z_OK)
      throw std::runtime_error("zlib cannot start");
  }
  ~Deflater() { deflateEnd(&stream); }
  Deflater(Deflater const&) = delete;
  Deflater& operator=(Deflater const&) = delete;

  z_stream stream{};
};

void append(std::string& text, std::string_view piece, AnswerLimits& limits) {
  auto const capacity = text.capacity();
  if (text.size() + piece.size() > capacity) {
    auto const larger = std::max(2 * capacity, text.size() + piece.size());
    limits.take(larger);
    text.reserve(larger);
    if (!text.empty()) limits.give_back(capacity);
  }
  text += piece;
}

}  // namespace

std::string gzip(std::string_view text, AnswerLimits& limits) {
  Deflater deflater;
  auto& stream = deflater.stream;
  std::string packed;
  // In pieces: the bound of the whole would be as large as the text.
  std::array<char, 32 * 1024> piece;
  int state = Z_OK;
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(text.data()));
  stream.avail_in = static_cast<uInt>(text.size());
  while (state == Z_OK) {
    auto const left = stream.avail_in;
    stream.next_out = reinterpret_cast<Bytef*>(piece.data());
    stream.avail_out = static_cast<uInt>(piece.size());
    state = deflate(&stream, Z_FINISH);
    append(packed, {piece.data(), piece.size() - stream.avail_out}, limits);
    limits.worked(left - stream.avail_in);
  }
  if (state != Z_STREAM_END) throw std::runtime_error("zlib cannot finish");
  return packed;
}

}  // namespace restapi::http
