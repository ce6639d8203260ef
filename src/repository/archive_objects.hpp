// SPDX-License-Identifier: MIT
/// The objects of an archive: the entries `repo/<hash>` of its zip, stored or deflated. They are read where they lie,
/// and nothing is unpacked to a disk. No name of an entry becomes a path.
#pragma once

#include <sys/types.h>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <string_view>

#include "base/file_descriptor.hpp"
#include "base/result.hpp"
#include "repository/object.hpp"
#include "repository/zip_list.hpp"

namespace restapi::repository {

/// Any thread, many at once; none waits for another, but for the first object: then the list of entries is read, once.
/// That takes some 300 ms for a million entries, and 16 bytes of memory for each.
class ArchiveObjects final : public Objects {
 public:
  /// Of the archive that is open there, whatever has taken its name since. To be made when its database is read, from
  /// a duplicate of that descriptor: where the file is written to later, in place, the database is one of another
  /// archive, and every object is Code::store_damaged. Requires: a regular file, open for reading.
  explicit ArchiveObjects(FileDescriptor archive);

  /// Of one in memory, which is copied. Errors: Code::store_unavailable, overloaded.
  static Result<std::unique_ptr<ArchiveObjects>> copy_of(std::span<std::byte const> archive);

 private:
  struct State {
    off_t size = 0;
    std::int64_t modified = 0;  // nanoseconds since 1970

    bool operator==(State const&) const = default;
  };

  static std::optional<State> state_of(FileDescriptor const& file);

  Result<std::unique_ptr<Object>> find(std::string_view hash) override;
  Result<std::shared_ptr<ZipList const>> list();

  std::shared_ptr<FileDescriptor const> const archive_;
  std::optional<State> const opened_;

  std::mutex mutex_;  // of list_; held while it is read
  std::shared_ptr<ZipList const> list_;
};

}  // namespace restapi::repository
