// SPDX-License-Identifier: MIT
#include "source/served_files.hpp"

#include <algorithm>
#include <filesystem>

namespace restapi::source {
namespace {

bool is_link(std::string_view path) {
  std::error_code ignored;
  return std::filesystem::is_symlink(std::filesystem::symlink_status(path, ignored));
}

}  // namespace

ServedFiles::ServedFiles(std::vector<std::string> const& paths) {
  entries_.reserve(paths.size());
  for (auto const& path : paths) entries_.push_back({path, identity_of_file(path)});
}

bool ServedFiles::is_of_another(std::string_view path, FileIdentity const& file) const {
  {
    std::lock_guard const lock(mutex_);
    auto const serves_it = [&](bool own) {
      return std::ranges::any_of(
          entries_, [&](Entry const& entry) { return (entry.path == path) == own && entry.served == file; });
    };
    if (serves_it(true)) return false;
    if (serves_it(false)) return true;
  }
  // A new file. Where a link of one profile leads to the path of another, it is that one's.
  std::optional<bool> is_own_link;
  return std::ranges::any_of(entries_, [&](Entry const& entry) {
    if (entry.path == path || identity_of_file(entry.path) != file) return false;
    if (!is_own_link) is_own_link = is_link(path);
    return *is_own_link || !is_link(entry.path);
  });
}

void ServedFiles::serves(std::string_view path, FileIdentity const& file) {
  std::lock_guard const lock(mutex_);
  auto const entry = std::ranges::find(entries_, path, &Entry::path);
  if (entry != entries_.end()) entry->served = file;
}

}  // namespace restapi::source
