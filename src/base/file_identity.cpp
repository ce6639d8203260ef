// SPDX-License-Identifier: MIT
#include "base/file_identity.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

namespace restapi {

std::optional<FileIdentity> identity_of_file(std::string const& path) {
  return identity_of_file(AT_FDCWD, path.c_str());
}

std::optional<FileIdentity> identity_of_file(int descriptor, char const* name) {
  struct statx status = {};
  auto const flags = *name == '\0' ? AT_EMPTY_PATH : 0;
  if (::statx(descriptor, name, flags, STATX_INO | STATX_BTIME, &status) != 0) return std::nullopt;
  FileIdentity identity{::makedev(status.stx_dev_major, status.stx_dev_minor), status.stx_ino};
  if ((status.stx_mask & STATX_BTIME) != 0) {
    identity.born_seconds = status.stx_btime.tv_sec;
    identity.born_nanoseconds = status.stx_btime.tv_nsec;
  }
  return identity;
}

}  // namespace restapi
