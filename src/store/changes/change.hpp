// SPDX-License-Identifier: MIT
/// What a statement did to objects of one table, in a transaction that has been committed.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

#include "model/entity.hpp"
#include "store/changes/cursor.hpp"

namespace restapi::store {

enum class Action {
  created,
  updated,
  deleted,
  cleared,  ///< the whole table was emptied (TRUNCATE): no ids
};

/// Which documents of updated nodes have changed. Where that is not known, both.
struct ChangedFields {
  bool attributes = false;
  bool extras = false;

  bool operator==(ChangedFields const&) const = default;
};

using ChangeTime = std::chrono::sys_time<std::chrono::microseconds>;

/// At most 1000 objects.
struct Change {
  model::Entity const* entity = nullptr;  ///< never null
  Action action = Action::updated;
  ChangedFields fields = {};
  std::vector<std::int64_t> ids = {};  ///< of the objects
  std::uint32_t offset = 0;            ///< so many objects of the row come before the first of these
  std::vector<std::int64_t> firsts = {},
                            seconds = {};  ///< of deleted ones, the columns that the entity names; or empty
  std::vector<std::string> uuids = {};     ///< of the objects when it was made, "" where one is not known; or empty
  Xid xid = 0;
  std::int64_t position = 0;
  std::int64_t stamp = 0;  ///< Cursor::Check
  ChangeTime at = {};
  std::string origin = {};  ///< who made it, where the session said so

  /// Of the object in `ids`.
  Place place(std::size_t index) const { return {xid, position, offset + static_cast<std::uint32_t>(index)}; }
};

/// Changes that follow a cursor, in the order of their positions.
struct Batch {
  Cursor before = {};  ///< of whoever has what comes before; within the batch of which this is a part, maybe
  std::vector<Change> changes = {};
  Cursor after = {};     ///< of whoever has them all, too
  Snapshot shown = {};   ///< what the database showed when they were read
  bool is_whole = true;  ///< it is all that `shown` shows, so whoever has it is at a state that the database had

  /// Of whoever has all up to that object, included.
  Cursor after_object(std::size_t change, std::size_t index) const;

  /// The same without that object.
  Cursor before_object(std::size_t change, std::size_t index) const;
};

}  // namespace restapi::store
