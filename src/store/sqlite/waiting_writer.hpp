// SPDX-License-Identifier: MIT
/// Whether another program waits to write to an SQLite file that is read here.
///
/// Who wants to write takes the lock PENDING first, which keeps new readers out until the last one has ended
/// (https://sqlite.org/lockingv3.html). But SQLite does not look at it where this process is reading already, since all
/// locks of a process are one: as long as our readings overlap, the writer would wait.
#pragma once

#include <memory>
#include <string>

#include "base/file_identity.hpp"

namespace restapi::store {

class WaitingWriter {
 public:
  /// Of the file that a connection has opened by this path; null where another file is there by now, or none. Closing
  /// any descriptor of a file takes away all locks that this process has on it (fcntl(2)): the last owner lets go after
  /// the last connection to the file has been closed.
  static std::shared_ptr<WaitingWriter const> of(std::string const& path);

  virtual ~WaitingWriter() = default;

  /// One system call. Any thread.
  virtual bool is_there() const = 0;
};

}  // namespace restapi::store
