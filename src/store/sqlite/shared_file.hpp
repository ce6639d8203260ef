// SPDX-License-Identifier: MIT
/// What all connections of this process that read an SQLite file have in common. To other programs they are one reader:
/// as long as the readings of some of them overlap, it never ends.
#pragma once

#include <memory>
#include <string>

#include "store/sqlite/log_pause.hpp"

namespace restapi::store {

class SharedFile {
 public:
  /// Of the regular file that the path leads to; null where there is none. To be let go after the connection that has
  /// opened the file: closing any descriptor of a file takes away all locks that this process has on it (fcntl(2)), so
  /// the one of all who look at it is closed with the last of them.
  static std::shared_ptr<SharedFile const> of(std::string const& path);

  ~SharedFile();
  SharedFile(SharedFile const&) = delete;
  SharedFile& operator=(SharedFile const&) = delete;

  /// Whether a program waits until nobody reads. It has the lock PENDING, which keeps new readers out
  /// (https://sqlite.org/lockingv3.html); but SQLite does not look at that where this process is reading already, since
  /// all locks of a process are one. One system call. Any thread.
  bool has_waiting_writer() const;

  LogPause& log_pause() const;

 private:
  struct OpenFile;
  struct OpenFiles;
  explicit SharedFile(OpenFile& file);

  OpenFile& file_;
};

}  // namespace restapi::store
