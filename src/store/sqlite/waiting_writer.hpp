// SPDX-License-Identifier: MIT
/// Whether another program waits to write to an SQLite file that is read here.
///
/// Who wants to write takes the lock PENDING first, which keeps new readers out until the last one has ended
/// (https://sqlite.org/lockingv3.html). But SQLite does not look at it where this process is reading already, since all
/// locks of a process are one: as long as our readings overlap, the writer would wait.
#pragma once

#include <memory>
#include <string>

namespace restapi::store {

class WaitingWriter {
 public:
  /// Of the regular file that the path leads to; null where there is none. To be let go after the connection that has
  /// opened the file: closing any descriptor of a file takes away all locks that this process has on it (fcntl(2)), so
  /// the one of all who look at it is closed with the last of them.
  static std::shared_ptr<WaitingWriter const> of(std::string const& path);

  ~WaitingWriter();
  WaitingWriter(WaitingWriter const&) = delete;
  WaitingWriter& operator=(WaitingWriter const&) = delete;

  /// One system call. Any thread.
  bool is_there() const;

 private:
  struct OpenFile;
  struct OpenFiles;
  explicit WaitingWriter(OpenFile& file);

  OpenFile& file_;
};

}  // namespace restapi::store
