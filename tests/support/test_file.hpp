// SPDX-License-Identifier: MIT
/// A file that is served, and who has it open.
#pragma once

#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include <cstddef>
#include <filesystem>
#include <stdexcept>
#include <string>

#include "base/file_descriptor.hpp"

namespace restapi::test {

class TestFile {
 public:
  explicit TestFile(std::string const& content) : size_(content.size()) {
    FileDescriptor const file(::mkstemp(path_.data()));
    auto const written = ::write(file.number(), content.data(), content.size());
    if (written != static_cast<ssize_t>(content.size())) throw std::runtime_error("cannot write " + path_);
  }
  ~TestFile() { ::unlink(path_.c_str()); }
  TestFile(TestFile const&) = delete;
  TestFile& operator=(TestFile const&) = delete;

  FileDescriptor open() const { return FileDescriptor(::open(path_.c_str(), O_RDONLY | O_CLOEXEC)); }

  std::size_t size() const { return size_; }  ///< at first

  void shorten(std::size_t size) const {
    if (::truncate(path_.c_str(), static_cast<off_t>(size)) != 0) throw std::runtime_error("cannot shorten " + path_);
  }

  /// Of this process.
  std::size_t open_descriptors() const {
    std::size_t count = 0;
    for (auto const& entry : std::filesystem::directory_iterator("/proc/self/fd")) {
      std::error_code gone;
      count += std::filesystem::read_symlink(entry, gone) == path_ ? 1 : 0;
    }
    return count;
  }

 private:
  std::size_t const size_;
  std::string path_ = (std::filesystem::temp_directory_path() / "restapi-test-XXXXXX").string();
};

}  // namespace restapi::test
