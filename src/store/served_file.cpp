#include "store/served_file.hpp"

#include <sys/stat.h>

namespace restapi::store {

std::optional<ServedFile> find_served_file(std::string const& path) {
  struct stat status = {};
  if (::stat(path.c_str(), &status) != 0) return std::nullopt;
  return ServedFile{status.st_dev, status.st_ino,
                    std::int64_t{status.st_mtim.tv_sec} * 1'000'000'000 + status.st_mtim.tv_nsec};
}

}  // namespace restapi::store
