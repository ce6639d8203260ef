// SPDX-License-Identifier: MIT
/// The files of all profiles, so that none shows what belongs to another: a path may lead elsewhere after the start.
#pragma once

#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/file_identity.hpp"

namespace restapi::source {

/// Any thread may call.
class ServedFiles {
 public:
  /// As they are now. One path for each profile.
  explicit ServedFiles(std::vector<std::string> const& paths);

  /// Whether the file, which lies at `path` or has been opened there, is another profile's: because that one has served
  /// it, or because its path leads there now. Looks at all paths.
  bool is_of_another(std::string_view path, FileIdentity const& file) const;

  /// The profile of that path serves this file now. Requires: it is no other's.
  void serves(std::string_view path, FileIdentity const& file);

 private:
  struct Entry {
    std::string const path;
    std::optional<FileIdentity> served;  // last
  };

  std::vector<Entry> entries_;
  mutable std::mutex mutex_;  // of Entry::served
};

}  // namespace restapi::source
