// SPDX-License-Identifier: MIT
/// A directory that only this user can enter and that goes away with the object: the place for an archive's database.
///
/// It is `restapi-<uid>-XXXXXX` (mode 0700) below a temporary folder, with a file `lock` (0600) inside that is held by
/// flock(2) as long as the owner lives, however the owner ends. So a later start can tell a leftover of a crash from a
/// directory in use: whoever can take the lock may remove the directory.
#pragma once

#include <cstddef>
#include <string>

#include "base/regular_file.hpp"
#include "base/result.hpp"

namespace restapi::store {

/// Owns one such directory and the lock in it; removes both when destroyed. Movable, not copyable; any thread, one at a
/// time. The lock is not inherited by programs that are started (close-on-exec).
class PrivateDirectory {
 public:
  /// Errors: Code::source_refused when the folder is missing, full or not writable.
  static Result<PrivateDirectory> create(std::string const& temporary);

  PrivateDirectory(PrivateDirectory&& other) noexcept;
  PrivateDirectory& operator=(PrivateDirectory&& other) noexcept;
  PrivateDirectory(PrivateDirectory const&) = delete;
  PrivateDirectory& operator=(PrivateDirectory const&) = delete;
  ~PrivateDirectory();

  std::string const& path() const { return path_; }

 private:
  PrivateDirectory(std::string path, int lock) : path_(std::move(path)), lock_(lock) {}
  void remove();

  std::string path_;
  int lock_ = -1;
};

/// A new file, mode 0600, that did not exist before (O_EXCL) and is written from front to back. Owns the descriptor,
/// not the file's name. Requires: used by one thread.
class PrivateFile {
 public:
  static Result<PrivateFile> create(std::string const& path);

  PrivateFile(PrivateFile&& other) noexcept;
  PrivateFile& operator=(PrivateFile&&) = delete;
  PrivateFile(PrivateFile const&) = delete;
  PrivateFile& operator=(PrivateFile const&) = delete;
  ~PrivateFile();

  /// Writes all bytes or says why not (a full disk, a quota).
  Result<Done> write(char const* bytes, std::size_t size);

  /// The same file for reading, whatever has taken its name by now. Needs /proc.
  Result<RegularFile> for_reading() const;

 private:
  PrivateFile(std::string path, int descriptor) : path_(std::move(path)), descriptor_(descriptor) {}

  std::string path_;
  int descriptor_ = -1;
};

/// Removes the directories that earlier processes of the same user left below `temporary`, and returns how many.
/// Never follows a symbolic link, never touches what another user owns or another process holds; what cannot be
/// removed is left. Safe while other servers start and end.
std::size_t remove_leftovers(std::string const& temporary);

}  // namespace restapi::store
