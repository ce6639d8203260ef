#include "api/gzip.hpp"

#include <zlib.h>

#include <array>
#include <stdexcept>

namespace restapi::api {

std::string gzip(std::string_view text) {
  constexpr int gzip_window = 15 + 16;  // zlib's way to ask for gzip's header and trailer
  constexpr int memory_level = 8;
  z_stream stream{};
  if (deflateInit2(&stream, Z_BEST_SPEED, Z_DEFLATED, gzip_window, memory_level, Z_DEFAULT_STRATEGY) != Z_OK)
    throw std::runtime_error("zlib cannot start");
  std::string packed;
  std::array<char, 32 * 1024> piece;  // the bound of the whole would be as large as the text
  int state = Z_OK;
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(text.data()));
  stream.avail_in = static_cast<uInt>(text.size());
  while (state == Z_OK) {
    stream.next_out = reinterpret_cast<Bytef*>(piece.data());
    stream.avail_out = static_cast<uInt>(piece.size());
    state = deflate(&stream, Z_FINISH);
    packed.append(piece.data(), piece.size() - stream.avail_out);
  }
  deflateEnd(&stream);
  if (state != Z_STREAM_END) throw std::runtime_error("zlib cannot finish");
  return packed;
}

}  // namespace restapi::api
