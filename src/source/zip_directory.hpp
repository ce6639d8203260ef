// SPDX-License-Identifier: MIT
/// What libzip reads of a zip before it opens it: the list of its entries ("central directory": PKWARE APPNOTE 4.3.12),
/// which takes some 400 bytes of memory for each of them. Its length is in the last 64 KiB of the file (4.3.14 to 16).
/// libzip takes everything for the end of a zip that looks like one, reads the list of each, and compares the lists: a
/// file with thousands of ends would keep it busy for hours.
#pragma once

#include <cstdint>
#include <optional>

struct zip_source;

namespace restapi::source {

struct ZipDirectory {
  std::uint64_t entries = 0;  ///< at most, as often as they may be read
  std::uint64_t bytes = 0;    ///< likewise
};

/// Nothing where the source is no zip or cannot be read, which libzip can say better. The source is as it was.
std::optional<ZipDirectory> find_directory(zip_source* source);

}  // namespace restapi::source
