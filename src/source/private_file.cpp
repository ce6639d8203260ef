// SPDX-License-Identifier: MIT
#include "source/private_file.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <system_error>
#include <utility>

namespace restapi::source {
namespace {

std::string reason(int error) { return std::generic_category().message(error); }

/// Not every file system can make a file that has never had a name (O_TMPFILE): there it has one for a moment.
FileDescriptor open_nameless(std::string const& folder) {
  FileDescriptor file(::open(folder.c_str(), O_TMPFILE | O_WRONLY | O_EXCL | O_CLOEXEC, S_IRUSR | S_IWUSR));
  if (file.is_open() || (errno != EOPNOTSUPP && errno != EISDIR && errno != EINVAL)) return file;
  auto path = folder + "/restapi-XXXXXX";
  FileDescriptor named(::mkostemp(path.data(), O_CLOEXEC));
  if (named.is_open()) ::unlink(path.c_str());
  return named;
}

}  // namespace

Result<PrivateFile> PrivateFile::create(std::string const& folder) {
  auto descriptor = open_nameless(folder);
  if (descriptor.is_open()) return PrivateFile(folder, std::move(descriptor));
  return Error{Code::source_refused, fmt::format("cannot make a file in \"{}\": {}", folder, reason(errno)),
               "set TMPDIR to a folder that can be written"};
}

Result<Done> PrivateFile::write(char const* bytes, std::size_t size) {
  while (size > 0) {
    auto const written = ::write(descriptor_.number(), bytes, size);
    if (written < 0) {
      if (errno == EINTR) continue;
      return Error{Code::source_refused, fmt::format("cannot write to a file in \"{}\": {}", folder_, reason(errno))};
    }
    bytes += written;
    size -= static_cast<std::size_t>(written);
  }
  return Done{};
}

Result<RegularFile> PrivateFile::for_reading() const {
  return RegularFile::open(fmt::format("/proc/self/fd/{}", descriptor_.number()));
}

}  // namespace restapi::source
