// SPDX-License-Identifier: MIT
/// Zip archives written by hand, so that they can lie: sizes, checksums and zip64 records as the test wants them.
/// (Format: PKWARE APPNOTE 6.3.3, sections 4.3 and 4.5.3.)
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace restapi::test {

struct ZipEntry {
  std::string name;
  std::string data;                          ///< what the entry holds
  bool is_deflated = false;                  ///< as deflate blocks of type "stored": real deflate, no smaller
  std::optional<std::uint64_t> size = {};    ///< declared in place of the real size
  std::optional<std::uint32_t> crc = {};     ///< declared in place of the real checksum
  std::optional<std::uint64_t> packed = {};  ///< declared in place of the real packed size
};

namespace detail {

inline std::string little(std::uint64_t value, int bytes) {
  std::string text;
  for (int i = 0; i < bytes; ++i) text += static_cast<char>((value >> (8 * i)) & 0xff);
  return text;
}

inline std::uint32_t crc32(std::string_view bytes) {
  std::uint32_t crc = 0xffffffff;
  for (char const c : bytes) {
    crc ^= static_cast<unsigned char>(c);
    for (int bit = 0; bit < 8; ++bit) crc = (crc >> 1) ^ ((crc & 1) != 0 ? 0xedb88320 : 0);
  }
  return ~crc;
}

inline std::string stored_deflate(std::string_view data) {
  std::string packed;
  do {
    auto const block = data.substr(0, 65535);
    data.remove_prefix(block.size());
    packed += data.empty() ? '\1' : '\0';
    packed += little(block.size(), 2) + little(~block.size(), 2);
    packed += block;
  } while (!data.empty());
  return packed;
}

}  // namespace detail

/// With `zip64` every size and offset is in a zip64 record and 0xffffffff in its usual place, as in archives of tens of
/// GB.
inline std::string zip_bytes(std::vector<ZipEntry> const& entries, bool zip64 = false) {
  using detail::little;
  constexpr std::uint64_t elsewhere = 0xffffffff;
  std::string bytes;
  std::string directory;
  for (auto const& entry : entries) {
    auto const packed = entry.is_deflated ? detail::stored_deflate(entry.data) : entry.data;
    auto const size = entry.size.value_or(entry.data.size());
    auto const packed_size = entry.packed.value_or(packed.size());
    auto const offset = bytes.size();
    auto const common = little(0, 2) + little(entry.is_deflated ? 8 : 0, 2) + little(0, 2) + little(0x21, 2) +
                        little(entry.crc.value_or(detail::crc32(entry.data)), 4) +
                        little(zip64 ? elsewhere : packed_size, 4) + little(zip64 ? elsewhere : size, 4) +
                        little(entry.name.size(), 2);
    auto const sizes = little(size, 8) + little(packed_size, 8);
    auto const local_extra = zip64 ? little(1, 2) + little(16, 2) + sizes : "";
    auto const central_extra = zip64 ? little(1, 2) + little(24, 2) + sizes + little(offset, 8) : "";
    bytes += "PK\3\4" + little(45, 2) + common + little(local_extra.size(), 2) + entry.name + local_extra + packed;
    directory += "PK\1\2" + little(45, 2) + little(45, 2) + common + little(central_extra.size(), 2) + little(0, 2) +
                 little(0, 2) + little(0, 2) + little(0, 4) + little(zip64 ? elsewhere : offset, 4) + entry.name +
                 central_extra;
  }
  auto const start = bytes.size();
  bytes += directory;
  if (zip64) {
    auto const record = bytes.size();
    bytes += "PK\6\6" + little(44, 8) + little(45, 2) + little(45, 2) + little(0, 4) + little(0, 4) +
             little(entries.size(), 8) + little(entries.size(), 8) + little(directory.size(), 8) + little(start, 8);
    bytes += "PK\6\7" + little(0, 4) + little(record, 8) + little(1, 4);
  }
  bytes += "PK\5\6" + little(0, 2) + little(0, 2) + little(zip64 ? 0xffff : entries.size(), 2) +
           little(zip64 ? 0xffff : entries.size(), 2) + little(zip64 ? elsewhere : directory.size(), 4) +
           little(zip64 ? elsewhere : start, 4) + little(0, 2);
  return bytes;
}

inline std::string metadata(std::string_view version) {
  return "{\"export_version\": \"" + std::string(version) + "\", \"aiida_version\": \"2.0.0\"}";
}

/// What begins like an SQLite database; nothing here looks further.
inline std::string database(std::size_t size = 4096) {
  std::string bytes("SQLite format 3\0", 16);
  for (std::size_t i = bytes.size(); i < size; ++i) bytes += static_cast<char>(i * 7 % 251);
  return bytes;
}

inline std::string archive_bytes(std::string_view version = "main_0001") {
  return zip_bytes({{"metadata.json", metadata(version)}, {"db.sqlite3", database(), true}});
}

}  // namespace restapi::test
