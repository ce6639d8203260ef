/// Which file a path leads to right now. A connection keeps the file that it has opened, whatever takes its name later:
/// whoever serves a path has to compare.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <optional>
#include <string>

namespace restapi::store {

struct ServedFile {
  dev_t device;
  ino_t inode;
  std::int64_t modified;  ///< nanoseconds since 1970

  bool is_same_file(ServedFile const& other) const { return device == other.device && inode == other.inode; }
};

/// Nothing where the path leads nowhere. One system call; any thread.
std::optional<ServedFile> find_served_file(std::string const& path);

}  // namespace restapi::store
