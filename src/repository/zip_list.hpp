// SPDX-License-Identifier: MIT
/// Where the objects of an archive lie in its zip: the list of its entries ("central directory": PKWARE APPNOTE 4.3.12
/// to 16, 4.5.3), read without libzip. That keeps 400 bytes for each entry, takes the list in again for each reader
/// that is to be independent of others, and does not say where an entry lies; an archive may have millions.
///
/// Of an entry 16 bytes are kept: the start of its hash, and where it stands in the list, which is read again for
/// whoever asks.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <utility>
#include <vector>

#include "base/file_descriptor.hpp"
#include "base/result.hpp"

namespace restapi::repository {

/// An entry, as the list has it.
struct ZipEntry {
  std::uint64_t header = 0;  ///< offset of what stands before its bytes
  std::uint64_t packed = 0;  ///< bytes in the archive
  std::uint64_t size = 0;    ///< and unpacked
  std::uint32_t checksum = 0;
  std::uint16_t method = 0;
  std::uint16_t flags = 0;
};

/// Never changed: any thread.
class ZipList {
 public:
  /// Of the entries `repo/<hash>`, with hashes of SHA-256; others are passed over. Reads the whole list once (some 120
  /// bytes for each entry). Errors: Code::store_damaged where there is none, or one of more than most_entries;
  /// store_unavailable.
  static Result<ZipList> read(FileDescriptor const& file, std::uint64_t size);

  /// Requires: is_hash(hash, sha256_digits), and the file is the one that was read. Errors: Code::no_such_object;
  /// store_damaged; store_unavailable.
  Result<ZipEntry> find(FileDescriptor const& file, std::string_view hash) const;

  std::size_t size() const { return places_.size(); }

  static constexpr std::size_t most_entries = std::size_t{4} << 20;

 private:
  struct Place {
    std::uint64_t start;  // of the hash
    std::uint64_t at;     // in the file
  };

  explicit ZipList(std::vector<Place> places) : places_(std::move(places)) {}

  std::vector<Place> places_;  // by start
};

/// Where the bytes of an entry begin. Errors as above.
Result<std::uint64_t> find_bytes(FileDescriptor const& file, ZipEntry const& entry);

}  // namespace restapi::repository
