// SPDX-License-Identifier: MIT
#include "store/sqlite/log_index.hpp"

#include <soci/soci.h>
#include <soci/sqlite3/soci-sqlite3.h>

#include <cstddef>
#include <cstdint>

namespace restapi::store {

namespace api = sqlite_api;

WriteAheadLog find_log(api::sqlite3* connection) {
  constexpr int region = 0, region_bytes = 32 * 1024;
  constexpr std::size_t frames_at = 16, written_back_at = 96;
  api::sqlite3_file* file = nullptr;
  void volatile* index = nullptr;
  if (api::sqlite3_file_control(connection, "main", SQLITE_FCNTL_FILE_POINTER, &file) != SQLITE_OK || !file ||
      !file->pMethods || file->pMethods->iVersion < 2)
    return {};
  file->pMethods->xShmMap(file, region, region_bytes, 0, &index);  // mapped for reading, it says SQLITE_READONLY
  if (index == nullptr) return {};
  auto const at = [&](std::size_t offset) {
    return *reinterpret_cast<std::uint32_t volatile*>(static_cast<char volatile*>(index) + offset);
  };
  return {at(frames_at), at(written_back_at)};
}

}  // namespace restapi::store
