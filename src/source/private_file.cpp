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
int open_nameless(std::string const& folder) {
  int const file = ::open(folder.c_str(), O_TMPFILE | O_WRONLY | O_EXCL | O_CLOEXEC, S_IRUSR | S_IWUSR);
  if (file >= 0 || (errno != EOPNOTSUPP && errno != EISDIR && errno != EINVAL)) return file;
  auto path = folder + "/restapi-XXXXXX";
  int const named = ::mkostemp(path.data(), O_CLOEXEC);
  if (named >= 0) ::unlink(path.c_str());
  return named;
}

}  // namespace

Result<PrivateFile> PrivateFile::create(std::string const& folder) {
  int const descriptor = open_nameless(folder);
  if (descriptor >= 0) return PrivateFile(folder, descriptor);
  return Error{Code::source_refused, fmt::format("cannot make a file in \"{}\": {}", folder, reason(errno)),
               "set TMPDIR to a folder that can be written"};
}

PrivateFile::PrivateFile(PrivateFile&& other) noexcept
    : folder_(std::move(other.folder_)), descriptor_(std::exchange(other.descriptor_, -1)) {}

PrivateFile::~PrivateFile() {
  if (descriptor_ >= 0) ::close(descriptor_);
}

Result<Done> PrivateFile::write(char const* bytes, std::size_t size) {
  while (size > 0) {
    auto const written = ::write(descriptor_, bytes, size);
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
  return RegularFile::open(fmt::format("/proc/self/fd/{}", descriptor_));
}

}  // namespace restapi::source
