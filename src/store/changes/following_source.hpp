// SPDX-License-Identifier: MIT
/// What following has in common in both engines: nothing is installed, so tables are looked at again and again.
///
/// What is told is the final state of rows, at least once after it has been committed; what came between two looks is
/// not seen. Deletions take longer (FollowingOptions). Cursors are the object's own, and end with it, with its
/// connection, and with the server's.
#pragma once

#include <chrono>
#include <cstddef>
#include <optional>

#include "store/changes/change_source.hpp"
#include "store/changes/findings.hpp"
#include "store/changes/known_rows.hpp"
#include "store/changes/told_changes.hpp"
#include "store/rows.hpp"

namespace restapi::store {

struct FollowingOptions {
  std::chrono::milliseconds between_comparisons{10'000};  ///< of all ids with those known: PostgreSQL
  int rest = 20;                                          ///< after each look, so many times as long as it took
  std::size_t most_kept = 1'000'000;                      ///< of tables with more rows, only the ids are known
  std::size_t told = 65'536;  ///< objects whose changes are kept for cursors that are a little behind
};

class FollowingSource : public ChangeSource {
 public:
  Result<Cursor> now() final;
  Result<std::variant<Batch, Lost>> read(Cursor const& cursor) final;
  Result<std::optional<Lost>> examine(Cursor const& cursor) final;

 protected:
  explicit FollowingSource(FollowingOptions const& options) : options_(options) {}

  /// Tells what has come since the last look, as far as it is time for that; begins first, where it has not begun.
  virtual Result<Done> look() = 0;

  FollowingOptions const& options() const { return options_; }

  /// What has been told so far, and what has not, belongs to another epoch.
  void begin_telling() { told_.emplace(options_.told); }
  void tell(Findings const& findings, ChangeTime at);

 private:
  Result<Done> look_again();

  FollowingOptions const options_;
  std::optional<ToldChanges> told_;  // nothing: it has not begun
};

/// A row as statements of sql/feed/following.hpp give it, without its version.
KnownRows::Row row_of(Rows const& rows, std::size_t row);

}  // namespace restapi::store
