// SPDX-License-Identifier: MIT
#include "repository/inflated_object.hpp"

#include <zlib.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <limits>
#include <utility>

#include "repository/errors.hpp"

namespace restapi::repository {
namespace {

class InflatedObject final : public Object {
 public:
  InflatedObject(SharedDescriptor file, PackedRange const& packed)
      : Object(packed.size), file_(std::move(file)), packed_(packed) {
    // A negative number of bits: no header.
    constexpr int window = MAX_WBITS;
    bool const has_header = packed.format == PackedRange::Format::zlib;
    is_ready_ = ::inflateInit2(&stream_, has_header ? window : -window) == Z_OK;
  }
  ~InflatedObject() override {
    if (is_ready_) ::inflateEnd(&stream_);
  }

  bool is_ready() const { return is_ready_; }

 private:
  Result<std::size_t> more(char* to, std::size_t size) override {
    auto inflated = inflate(to, size);
    if (!inflated) return inflated;
    if (*inflated == 0) return damaged_object("its compressed stream ends early");
    if (packed_.checksum)
      computed_ = static_cast<std::uint32_t>(::crc32_z(computed_, reinterpret_cast<Bytef*>(to), *inflated));
    return inflated;
  }

  Result<Done> finish() override {
    // What is left of the stream are its end and its own checksum, of which zlib has seen nothing so far.
    char one_more = 0;
    auto const inflated = inflate(&one_more, 1);
    if (!inflated) return inflated.error();
    if (*inflated > 0 || stream_.avail_in > 0 || taken_ < packed_.length)
      return damaged_object("its compressed stream is longer than it should be");
    if (packed_.checksum && computed_ != *packed_.checksum) return damaged_object("its checksum is another");
    return Done{};
  }

  /// At most `size` bytes; 0: the end of the stream.
  Result<std::size_t> inflate(char* to, std::size_t size) {
    auto const wanted = static_cast<uInt>(std::min<std::size_t>(size, std::numeric_limits<uInt>::max()));
    stream_.next_out = reinterpret_cast<Bytef*>(to);
    stream_.avail_out = wanted;
    while (!is_at_end_ && stream_.avail_out == wanted) {
      if (auto const filled = fill(); !filled) return filled.error();
      auto const result = ::inflate(&stream_, Z_NO_FLUSH);
      is_at_end_ = result == Z_STREAM_END;
      // Z_BUF_ERROR: it needs more, which at the end of the range there is not.
      bool const may_go_on = result == Z_OK || (result == Z_BUF_ERROR && taken_ < packed_.length);
      if (!is_at_end_ && !may_go_on) return fault(result);
    }
    return std::size_t{wanted} - stream_.avail_out;
  }

  Error fault(int result) const {
    if (result == Z_MEM_ERROR) return unreadable("inflating an object", ENOMEM);
    if (result == Z_BUF_ERROR) return damaged_object("its compressed stream ends early");
    return damaged_object(std::string("its compressed stream is damaged: ") + (stream_.msg ? stream_.msg : ""));
  }

  Result<Done> fill() {
    auto const rest = packed_.length - taken_;
    if (stream_.avail_in > 0 || rest == 0) return Done{};
    auto const piece = static_cast<std::size_t>(std::min<std::uint64_t>(rest, input_.size()));
    auto const read = read_at(*file_, input_.data(), piece, packed_.offset + taken_);
    if (!read) return read.error();
    if (*read == 0) return damaged_object("its file has been cut short");
    taken_ += *read;
    stream_.next_in = reinterpret_cast<Bytef*>(input_.data());
    stream_.avail_in = static_cast<uInt>(*read);
    return Done{};
  }

  SharedDescriptor const file_;
  PackedRange const packed_;
  z_stream stream_ = {};
  bool is_ready_ = false;
  bool is_at_end_ = false;
  std::uint64_t taken_ = 0;  // of the range, into input_
  std::uint32_t computed_ = 0;
  std::array<char, std::size_t{32} << 10> input_;
};

}  // namespace

Result<std::unique_ptr<Object>> inflate_object(SharedDescriptor file, PackedRange const& packed) {
  auto object = std::make_unique<InflatedObject>(std::move(file), packed);
  if (!object->is_ready()) return unreadable("inflating an object", ENOMEM);
  return std::unique_ptr<Object>(std::move(object));
}

}  // namespace restapi::repository
