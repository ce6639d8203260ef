// SPDX-License-Identifier: MIT
#include "base/regular_file.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <system_error>

#include "base/passwords.hpp"

namespace restapi {
namespace {

constexpr std::size_t chunk = std::size_t{1} << 16;

Error refused(std::string const& path, std::string const& what) {
  return Error{Code::source_refused, "\"" + path + "\" " + what};
}

Error unreadable(std::string const& path, int error) {
  return refused(path, "cannot be read: " + std::generic_category().message(error));
}

}  // namespace

Result<RegularFile> RegularFile::open(std::string const& path) {
  int const descriptor = ::open(path.c_str(), O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
  if (descriptor < 0) {
    auto const error = errno;
    bool const is_there = error != ENOENT && error != ENOTDIR && error != ENAMETOOLONG;
    return unreadable(is_there ? path : shown_missing_path(path), error);
  }
  RegularFile file(path, FileDescriptor(descriptor));
  struct stat status = {};
  if (::fstat(descriptor, &status) != 0) return unreadable(path, errno);
  if (!S_ISREG(status.st_mode)) return refused(path, "is not a regular file");
  file.size_ = static_cast<std::uint64_t>(status.st_size);
  auto const identity = identity_of_file(descriptor, "");
  if (!identity) return unreadable(path, errno);
  file.identity_ = *identity;
  return file;
}

Result<std::string> RegularFile::read_beginning(std::size_t most) const {
  std::string bytes;
  while (bytes.size() < most) {
    auto const before = bytes.size();
    bytes.resize(std::min(most, before + chunk));
    auto const size =
        ::pread(descriptor_.number(), bytes.data() + before, bytes.size() - before, static_cast<off_t>(before));
    if (size < 0) return unreadable(path_, errno);
    bytes.resize(before + static_cast<std::size_t>(size));
    if (size == 0) break;
  }
  return bytes;
}

FileDescriptor RegularFile::duplicate() const {
  return FileDescriptor(::fcntl(descriptor_.number(), F_DUPFD_CLOEXEC, 0));
}

std::string RegularFile::own_path() const { return "/proc/self/fd/" + std::to_string(descriptor_.number()); }

Result<std::string> read_beginning(std::string const& path, std::size_t most) {
  auto const file = RegularFile::open(path);
  return file ? file->read_beginning(most) : file.error();
}

Result<std::string> read_regular_file(std::string const& path, std::size_t largest) {
  auto const file = RegularFile::open(path);
  if (!file) return file.error();
  auto text = file->read_beginning(largest + 1);
  if (text && text->size() > largest) return refused(path, "is larger than " + std::to_string(largest) + " bytes");
  return text;
}

}  // namespace restapi
