// SPDX-License-Identifier: MIT
#include "store/sqlite/served_file.hpp"

#include <sys/stat.h>

#include <chrono>

namespace restapi::store {
namespace {

using namespace std::chrono_literals;

constexpr std::chrono::nanoseconds longest_step_of_kernels = 20ms;     // twice that of the slowest clock (100 Hz)
constexpr std::chrono::nanoseconds longest_step_of_file_systems = 4s;  // twice that of FAT

std::int64_t nanoseconds_of(timespec const& time) { return std::int64_t{time.tv_sec} * 1'000'000'000 + time.tv_nsec; }

bool is_long_ago(timespec const& time) {
  bool const has_fraction = time.tv_nsec != 0;
  auto const now = std::chrono::system_clock::now().time_since_epoch();
  auto const age = now - std::chrono::nanoseconds(nanoseconds_of(time));
  return age > (has_fraction ? longest_step_of_kernels : longest_step_of_file_systems);
}

}  // namespace

std::optional<ServedFile> find_served_file(std::string const& path) {
  struct stat status = {};
  if (::stat(path.c_str(), &status) != 0 || !S_ISREG(status.st_mode)) return std::nullopt;
  // No path leads there but that of a descriptor: the file is somebody's own, such as another archive's database.
  if (status.st_nlink == 0) return std::nullopt;
  return ServedFile{status.st_dev,
                    status.st_ino,
                    status.st_size,
                    nanoseconds_of(status.st_mtim),
                    nanoseconds_of(status.st_ctim),
                    is_long_ago(status.st_ctim)};
}

bool has_content(std::string const& path) {
  struct stat status = {};
  return ::stat(path.c_str(), &status) == 0 && (!S_ISREG(status.st_mode) || status.st_size > 0);
}

}  // namespace restapi::store
