// SPDX-License-Identifier: MIT
/// The version of the data by tables: which of AiiDA's tables have changed, proven by the changes that the database
/// writes down itself (sql/feed/setup.hpp). Whatever else is committed in the server, also in other databases, changes
/// no number.
///
/// Why that is a proof. A change and the row that tells of it are committed together. Somebody has seen all that a
/// snapshot A shows, and a statement that starts now sees a snapshot S. If S shows a change that A does not show, S
/// shows its row too, and the row is found: its transaction is one that A does not show, hence not below A's xmax, or
/// among those that were in progress for A. So where no row is found, whatever is read under S is as it was under A;
/// where rows are found, the tables that they name get new numbers, and A becomes S. A is cut off behind the last
/// transaction that is known to be committed (Snapshot::up_to), because a crash may give later ids once more.
///
/// A standby's snapshot does not list the transactions that it replays. There the rows themselves are the proof: those
/// that are not below the xmin that S had are counted. Rows only come (what is removed is older than `floor`), so equal
/// numbers are equal sets. Only if no transaction that has an id is under way, xmin and xmax are equal, and whatever is
/// committed later moves xmax: then an equal snapshot is enough, as it always is on a primary.
///
/// All this holds as long as the triggers fire and are those of AiiDA's tables. Each statement compares the marks of
/// both (sql::feed::Guard): ALTER, DROP, TRUNCATE, GRANT and a trigger that is disabled, even for a moment, begin
/// everything anew. Whether the role may still rely on them is looked at every `between_looks`. What is written without
/// triggers (session_replication_role = replica) is not seen.
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>

#include "base/result.hpp"
#include "sql/statement.hpp"
#include "store/changes/installed_state.hpp"
#include "store/rows.hpp"
#include "store/version.hpp"

namespace restapi::store {

/// Any thread may call.
class TableVersions {
 public:
  /// Reads a small statement from one and the same server.
  using Ask = std::function<Result<Rows>(sql::Statement const&)>;

  using Clock = std::chrono::steady_clock;

  /// `schema`: tells that of AiiDA's tables. `between_looks`: at what is installed.
  explicit TableVersions(std::function<std::string()> schema,
                         std::chrono::milliseconds between_looks = std::chrono::milliseconds{10'000});
  ~TableVersions();

  /// The state that a read which starts now would see. Nothing: there is no proof. `life`: of the server and of the
  /// connections to it; with another one everything begins anew.
  std::optional<Version> now(Ask const& ask, std::string const& life);

 private:
  struct Seen;
  using Shared = std::shared_ptr<Seen const>;

  Shared seen_in(std::string const& life);
  bool is_due(Clock::time_point& next, Clock::duration until_next);
  std::nullopt_t forget(Shared const& seen);
  std::optional<InstalledState> reliable_state(Ask const& ask) const;
  Shared begin(Ask const& ask, std::string const& life);
  std::optional<Version> take(Shared const& seen, Rows const& rows);

  std::function<std::string()> const schema_;
  Clock::duration const between_looks_;
  std::mutex mutex_;
  Shared seen_;  // null: to be begun, or there is nothing to begin with
  Clock::time_point next_begin_ = {}, next_look_ = {};
  std::uint64_t last_number_ = 0, beginnings_ = 0;
};

}  // namespace restapi::store
