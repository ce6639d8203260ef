// SPDX-License-Identifier: MIT
/// A descriptor that is closed with its owner.
#pragma once

#include <unistd.h>

#include <utility>

namespace restapi {

/// Moves, and is not copied.
class FileDescriptor {
 public:
  FileDescriptor() = default;                               ///< none
  explicit FileDescriptor(int number) : number_(number) {}  ///< negative: none, as open(2) says it
  FileDescriptor(FileDescriptor&& other) noexcept : number_(other.release()) {}
  FileDescriptor& operator=(FileDescriptor&& other) noexcept {
    FileDescriptor old(std::exchange(number_, other.release()));
    return *this;
  }
  ~FileDescriptor() {
    if (number_ >= 0) ::close(number_);
  }

  int number() const { return number_; }
  bool is_open() const { return number_ >= 0; }

  /// Hands it over.
  int release() { return std::exchange(number_, -1); }

 private:
  int number_ = -1;
};

}  // namespace restapi
