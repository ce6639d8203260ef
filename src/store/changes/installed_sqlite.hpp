// SPDX-License-Identifier: MIT
/// The changes that an SQLite file writes down itself (sql/feed/setup.hpp).
///
/// There is one writer at a time, so positions are the order of commits, and each change counts as a transaction of its
/// own, with its position as id.
#pragma once

#include <optional>
#include <string>

#include "store/changes/change_connection.hpp"
#include "store/changes/change_source.hpp"

namespace restapi::store {

class InstalledSqlite final : public ChangeSource {
 public:
  /// The connection must outlive it.
  explicit InstalledSqlite(ChangeConnection& connection) : connection_(connection) {}

  /// Why it cannot be used now; nothing: it can. A sentence for the log.
  Result<std::optional<std::string>> why_not();

  Result<Cursor> now() override;
  Result<std::variant<Batch, Lost>> read(Cursor const& cursor) override;
  Result<std::optional<Lost>> examine(Cursor const& cursor) override;

 private:
  Result<std::optional<Lost>> lost(Rows const& rows, Cursor const& cursor) const;

  ChangeConnection& connection_;
};

}  // namespace restapi::store
