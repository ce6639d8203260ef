// SPDX-License-Identifier: MIT
/// What a path leads to right now. A connection keeps the file that it has opened, whatever takes its name later, and
/// SQLite trusts what it has read of it as long as a counter in the file stays: whoever serves a path has to compare.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <optional>
#include <string>

namespace restapi::store {

/// Two that are equal, and settled, are one state of one file: whoever writes to a file changes `changed`, which
/// nobody can set back, in whatever way it is written to.
struct ServedFile {
  dev_t device;
  ino_t inode;
  off_t size;
  std::int64_t modified;  ///< nanoseconds since 1970; anybody who may write the file can set it
  std::int64_t changed;   ///< likewise; the kernel's alone
  /// The last change is so long ago that another one would have another time: kernels before Linux 6.13 count in steps
  /// of some milliseconds, some file systems in seconds.
  bool is_settled;

  bool operator==(ServedFile const&) const = default;
  bool is_same_file(ServedFile const& other) const { return device == other.device && inode == other.inode; }
  bool has_same_content(ServedFile const& other) const {
    return is_same_file(other) && size == other.size && modified == other.modified && changed == other.changed;
  }
};

/// Nothing where there is no regular file. One system call, which waits for nobody; any thread.
std::optional<ServedFile> find_served_file(std::string const& path);

/// Whether there is something in what SQLite writes beside a database: `-journal`, `-wal`. One system call.
bool has_content(std::string const& path);

}  // namespace restapi::store
