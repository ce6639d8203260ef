// SPDX-License-Identifier: MIT
#include "http/gzip.hpp"

#include <zlib.h>

#include <catch2/catch.hpp>
#include <random>

using restapi::AnswerLimits;
using restapi::http::gzip;

namespace {

AnswerLimits limits;  // none

// By zlib's own reader of gzip, which checks header, length and checksum.
std::string unpacked(std::string packed, std::size_t size) {
  std::string text(size + 1, '\0');
  z_stream stream{};
  REQUIRE(inflateInit2(&stream, 15 + 16) == Z_OK);
  stream.next_in = reinterpret_cast<Bytef*>(packed.data());
  stream.avail_in = static_cast<uInt>(packed.size());
  stream.next_out = reinterpret_cast<Bytef*>(text.data());
  stream.avail_out = static_cast<uInt>(text.size());
  CHECK(inflate(&stream, Z_FINISH) == Z_STREAM_END);
  CHECK(stream.avail_in == 0);
  text.resize(stream.total_out);
  inflateEnd(&stream);
  return text;
}

}  // namespace

TEST_CASE("what was packed comes out again", "[gzip]") {
  std::mt19937 random(1);
  std::string noise(300'000, '\0');
  for (auto& byte : noise) byte = static_cast<char>(random());
  for (auto const& text :
       {std::string(), std::string("{}"), std::string(1, '\0'), std::string(5'000'000, 'x'), noise}) {
    auto const packed = gzip(text, limits);
    CHECK(packed.substr(0, 2) == "\x1F\x8B");  // RFC 1952 §2.3.1
    CHECK((unpacked(packed, text.size()) == text));
  }
}

TEST_CASE("rows shrink", "[gzip]") {
  std::string rows;
  for (int id = 0; id < 400; ++id)
    rows += R"({"id":)" + std::to_string(id) + R"(,"label":"node","type":"data.core.int.Int."},)";
  CHECK(gzip(rows, limits).size() < rows.size() / 5);
}

TEST_CASE("what was packed takes no more memory than it has", "[gzip]") {
  auto const packed = gzip(std::string(5'000'000, 'x'), limits);
  CHECK(packed.capacity() < 3 * packed.size());
}
