// SPDX-License-Identifier: MIT
/// Files that are read while the server runs, under names where anybody may have put something else. Opening a pipe
/// waits for a writer, reading a device may never end: nothing but a regular file is opened here, and nobody waits.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>

#include "base/file_descriptor.hpp"
#include "base/file_identity.hpp"
#include "base/result.hpp"

namespace restapi {

/// An open file. Owns its descriptor, which programs that are started do not inherit.
class RegularFile {
 public:
  /// Errors: Code::source_refused, in a sentence that names the file. Symbolic links are followed.
  static Result<RegularFile> open(std::string const& path);

  /// What it begins with, at most so many bytes. Errors as above.
  Result<std::string> read_beginning(std::size_t most) const;

  /// A path that leads to this file as long as it is open, whatever has taken its name; for this process alone. Needs
  /// /proc.
  std::string own_path() const;

  std::uint64_t size() const { return size_; }  ///< bytes, when it was opened

  FileIdentity const& identity() const { return identity_; }  ///< whatever has taken its name

  /// Another descriptor of the same open file.
  FileDescriptor duplicate() const;

  /// Hands the descriptor over.
  int release() { return descriptor_.release(); }

 private:
  RegularFile(std::string path, FileDescriptor descriptor)
      : path_(std::move(path)), descriptor_(std::move(descriptor)) {}

  std::string path_;
  FileDescriptor descriptor_;
  std::uint64_t size_ = 0;
  FileIdentity identity_;
};

/// What a file begins with, at most so many bytes. Errors as above.
Result<std::string> read_beginning(std::string const& path, std::size_t most);

/// The whole file. An error as above, also where it is larger than `largest`.
Result<std::string> read_regular_file(std::string const& path, std::size_t largest);

}  // namespace restapi
