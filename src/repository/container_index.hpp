// SPDX-License-Identifier: MIT
/// `packs.idx` of a container: an SQLite file that says where in the packs an object lies. AiiDA writes to it while it
/// is read here, in WAL mode.
///
/// SQLite opens nothing here but for reading, and makes no file beside the index: `-wal` and `-shm` of another user
/// would keep AiiDA from writing. Where there is a log, it is read under SQLite's locks; without one nobody is writing,
/// and the index is read without locks, as long as that stays so. So a folder that cannot be written to is no matter.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"

namespace restapi::repository {

/// Where a packed object is.
struct PackedObject {
  std::int64_t pack = 0;  ///< its number; -1: the one that is being made of another
  bool is_compressed = false;
  std::uint64_t size = 0;
  std::uint64_t offset = 0;
  std::uint64_t length = 0;  ///< in the pack

  bool operator==(PackedObject const&) const = default;
};

/// Called before SQLite is used; what it gives is let go afterwards, on the same thread. May be empty.
using EnterSqlite = std::function<std::shared_ptr<void>()>;

/// Any thread, many at once.
class ContainerIndex {
 public:
  /// In that open folder, whose descriptor has to live as long as this. Opens nothing yet.
  ContainerIndex(int folder, EnterSqlite enter);
  ~ContainerIndex();
  ContainerIndex(ContainerIndex const&) = delete;
  ContainerIndex& operator=(ContainerIndex const&) = delete;

  /// As it is committed now. Nothing where the object is not packed, or there is no index. Requires: the hash is hex.
  /// Errors: Code::store_damaged, store_unavailable, store_too_slow, overloaded.
  Result<std::optional<PackedObject>> find(std::string_view hash);

 private:
  class Connection;

  Result<std::unique_ptr<Connection>> connect() const;  // null: there is no index
  std::unique_ptr<Connection> take();                   // null: none is idle
  void give_back(std::unique_ptr<Connection> connection);

  int const folder_;
  EnterSqlite const enter_;
  std::mutex mutex_;
  std::vector<std::unique_ptr<Connection>> idle_;
};

}  // namespace restapi::repository
