// SPDX-License-Identifier: MIT
#include "source/zip_directory.hpp"

#include <zip.h>

#include <algorithm>
#include <cstddef>
#include <cstdio>
#include <string>
#include <string_view>

namespace restapi::source {
namespace {

constexpr std::string_view end_magic = "PK\5\6", locator_magic = "PK\6\7", zip64_magic = "PK\6\6";
constexpr std::size_t end_size = 22, locator_size = 20, zip64_size = 56, longest_comment = 65'535;
constexpr std::uint64_t least_entry = 46;

std::uint64_t number(std::string_view bytes, std::size_t at, std::size_t size) {
  std::uint64_t value = 0;
  for (std::size_t i = size; i-- > 0;) value = value << 8 | static_cast<unsigned char>(bytes[at + i]);
  return value;
}

class OpenSource {
 public:
  explicit OpenSource(zip_source_t* source) : source_(source), is_open_(zip_source_open(source) == 0) {}
  ~OpenSource() {
    if (is_open_) zip_source_close(source_);
  }
  OpenSource(OpenSource const&) = delete;
  OpenSource& operator=(OpenSource const&) = delete;

  std::optional<std::uint64_t> size() const {
    zip_stat_t status;
    zip_stat_init(&status);
    if (!is_open_ || zip_source_stat(source_, &status) != 0 || (status.valid & ZIP_STAT_SIZE) == 0) return std::nullopt;
    return status.size;
  }

  /// Shorter where it cannot be read. Requires: so much is there (libzip does not look at where it goes in a buffer).
  std::string read(std::uint64_t at, std::size_t size) const {
    std::string bytes(size, '\0');
    std::size_t done = 0;
    if (zip_source_seek(source_, static_cast<zip_int64_t>(at), SEEK_SET) != 0) return {};
    while (done < size) {
      auto const more = zip_source_read(source_, bytes.data() + done, size - done);
      if (more <= 0) break;
      done += static_cast<std::size_t>(more);
    }
    bytes.resize(done);
    return bytes;
  }

 private:
  zip_source_t* source_;
  bool is_open_;
};

}  // namespace

std::optional<ZipDirectory> find_directory(zip_source_t* source) {
  OpenSource const file(source);
  auto const size = file.size();
  if (!size || *size < end_size) return std::nullopt;
  auto const tail_size = std::min<std::uint64_t>(*size, longest_comment + end_size + locator_size);
  auto const tail = file.read(*size - tail_size, static_cast<std::size_t>(tail_size));

  ZipDirectory all;
  std::uint64_t ends = 0;
  for (auto at = tail.find(end_magic); at != tail.npos && at + end_size <= tail.size();
       at = tail.find(end_magic, at + 1)) {
    bool const is_zip64 =
        at >= locator_size && std::string_view(tail).substr(at - locator_size).starts_with(locator_magic);
    auto entries = std::uint64_t{UINT64_MAX};  // without zip64, libzip believes the length alone
    auto bytes = number(tail, at + 12, 4);
    if (is_zip64) {
      auto const record_at = number(tail, at - locator_size + 8, 8);
      if (*size < zip64_size || record_at > *size - zip64_size) continue;
      auto const record = file.read(record_at, zip64_size);
      if (record.size() < zip64_size || !record.starts_with(zip64_magic)) continue;
      entries = number(record, 32, 8);
      bytes = number(record, 40, 8);
    }
    bytes = std::min(bytes, *size);
    all.entries += std::min(entries, bytes / least_entry);
    all.bytes += bytes;
    ++ends;
  }
  return ZipDirectory{all.entries * ends, all.bytes * ends};
}

}  // namespace restapi::source
