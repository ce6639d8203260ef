// SPDX-License-Identifier: MIT
/// AiiDA archives: a zip with `metadata.json`, `db.sqlite3` and the repository's files. The database is unpacked once
/// into a private file (source/private_file.hpp), because SQLite needs a file it can seek in; everything else stays in
/// the zip. No other entry is read and no entry's name becomes a path, so neither `../` nor links lead anywhere. What
/// happens to the archive afterwards does not reach the copy. The copy has no name: it is read as what is open, belongs
/// to one process and ends with it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "base/regular_file.hpp"
#include "base/result.hpp"
#include "source/source.hpp"

namespace restapi::source {

/// What an archive may cost. The length of its list of entries is looked at before the list is read. The declared size
/// is checked before a byte is written, the real one while writing, the free space before and every 64 MiB.
struct ArchiveLimits {
  std::uint64_t free_space_kept = std::uint64_t{256} << 20;  ///< bytes of the disk that stay free for others
  /// A database packs about 20 to 1, zeros 1000 to 1: a larger ratio than this is no database but a bomb …
  std::uint64_t largest_ratio = 200;
  std::uint64_t ratio_counts_from = std::uint64_t{64} << 20;  ///< … unless the whole is smaller than this, in bytes
  /// An entry for each file of the repository; AiiDA's take some 120 bytes of the list each.
  std::uint64_t most_entries = std::uint64_t{4} << 20;
  std::uint64_t longest_list = std::uint64_t{512} << 20;  ///< in bytes
};

struct UnpackedArchive {
  std::string database;        ///< path of the private SQLite file, for this process alone (RegularFile::own_path)
  std::string export_version;  ///< of metadata.json: `main_0001`
  std::shared_ptr<void> keep;  ///< the file goes with the last copy of this
};

/// Unpacks the archive at `path` to a private file on the disk of `temporary`.
/// Errors: Code::source_refused, with Error::lasting where it is about the archive; `name` is what messages call that.
Result<UnpackedArchive> unpack_archive(std::string const& path, std::string const& temporary, Progress const& progress,
                                       ArchiveLimits const& limits = {});

/// The same for one that is open.
Result<UnpackedArchive> unpack_archive(RegularFile file, std::string const& name, std::string const& temporary,
                                       Progress const& progress, ArchiveLimits const& limits = {});

/// The same for an archive in memory, which needs to live only during the call.
Result<UnpackedArchive> unpack_archive(std::span<std::byte const> bytes, std::string const& name,
                                       std::string const& temporary, Progress const& progress,
                                       ArchiveLimits const& limits = {});

/// Error::lasting of an export of AiiDA 0.x or 1.x.
inline constexpr char const* old_export = "it is an export of AiiDA 1.x or older, which has to be migrated first";

/// What makes an export of AiiDA 0.x or 1.x readable: `export_version` is that of its metadata.json, empty where that
/// is not known.
std::string migrate_hint(std::string const& name, std::string_view export_version);

/// `12.3 GB`: for messages about space.
std::string readable_size(std::uint64_t bytes);

}  // namespace restapi::source
