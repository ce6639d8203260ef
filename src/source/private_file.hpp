// SPDX-License-Identifier: MIT
/// A file without a name: the place for an archive's database. Nobody can open it, put another one in its place or
/// leave it behind; it is gone when the last descriptor of it is closed, however the process ends.
#pragma once

#include <cstddef>
#include <string>
#include <utility>

#include "base/file_descriptor.hpp"
#include "base/regular_file.hpp"
#include "base/result.hpp"

namespace restapi::source {

/// Written from front to back. Requires: used by one thread.
class PrivateFile {
 public:
  /// On the disk of that folder. Errors: Code::source_refused when the folder is missing, full or not writable.
  static Result<PrivateFile> create(std::string const& folder);

  /// Writes all bytes or says why not (a full disk, a quota).
  Result<Done> write(char const* bytes, std::size_t size);

  /// The same file for reading. Needs /proc.
  Result<RegularFile> for_reading() const;

 private:
  PrivateFile(std::string folder, FileDescriptor descriptor)
      : folder_(std::move(folder)), descriptor_(std::move(descriptor)) {}

  std::string folder_;  // for messages
  FileDescriptor descriptor_;
};

}  // namespace restapi::source
