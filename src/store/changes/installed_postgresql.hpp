// SPDX-License-Identifier: MIT
/// The changes that a PostgreSQL database writes down itself (sql/feed/setup.hpp).
///
/// A batch is what one snapshot shows and the cursor does not, so nobody waits for long transactions: their ids stay in
/// the cursor until they end, and their changes come then.
#pragma once

#include <deque>
#include <optional>
#include <string>

#include "sql/statement.hpp"
#include "store/changes/change_connection.hpp"
#include "store/changes/change_source.hpp"
#include "store/changes/installed_state.hpp"

namespace restapi::store {

class InstalledPostgreSql final : public ChangeSource {
 public:
  /// The connection must outlive it, and have postgresql_settings(). `schema`: of AiiDA's tables.
  InstalledPostgreSql(ChangeConnection& connection, std::string schema);

  /// Why it cannot be used now; nothing: it can. A sentence for the log.
  Result<std::optional<std::string>> why_not();

  Result<Cursor> now() override;
  Result<std::variant<Batch, Lost>> read(Cursor const& cursor) override;
  Result<std::optional<Lost>> examine(Cursor const& cursor) override;

 private:
  /// Of the server that the connection leads to. It stays so while that is open, even if a standby is promoted: the
  /// rule for standbys is right for both.
  struct State {
    unsigned connection = 0;
    InstalledState installed = {};
  };

  Result<State const*> state();
  bool is_certain(Cursor::Check const& check);
  void note_certain(Cursor::Check const& check);
  Result<std::variant<Rows, Lost>> rows_of(sql::Statement const& statement, State const& state, Cursor const& cursor);

  ChangeConnection& connection_;
  std::string const schema_;
  std::optional<State> state_;
  std::deque<Cursor::Check> certain_;  // rows that are there, as seen over the connection of state_: the last of them
};

}  // namespace restapi::store
