// SPDX-License-Identifier: MIT
/// Which file a path leads to.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

namespace restapi {

/// Two are equal if and only if they are of one file, also when one has been removed since: a file system gives the
/// inode of a removed file to the next one, which was born later (statx(2); zero where it does not say when).
struct FileIdentity {
  std::uint64_t device = 0, inode = 0;
  std::int64_t born_seconds = 0;
  std::uint32_t born_nanoseconds = 0;

  bool operator==(FileIdentity const&) const = default;
};

/// Where links lead. Nothing where there is no file.
std::optional<FileIdentity> identity_of_file(std::string const& path);

/// As openat(2) has it: the name in an open folder, or with an empty name what is open itself.
std::optional<FileIdentity> identity_of_file(int descriptor, char const* name);

}  // namespace restapi
