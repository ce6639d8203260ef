// SPDX-License-Identifier: MIT
/// A statement whose rows are fetched a few at a time: a cursor of the server (PostgreSQL 15, DECLARE). It is open as
/// long as its transaction, which is read-only and sees one state of the data; a pooler that lends sessions for
/// transactions lends one for all of it. (One that lends them for statements refuses it.)
#pragma once

#include <string>
#include <vector>

#include "store/driver.hpp"
#include "store/postgresql/pipeline.hpp"
#include "store/rows.hpp"

namespace restapi::store {

/// One thread at a time. All throw soci_error; after that the connection is of no more use.
class RowCursor {
 public:
  /// The connection must outlive it, has no transaction, and is used for nothing else from now on.
  explicit RowCursor(pg_conn* connection) : connection_(connection) {}

  /// One round trip: begins the transaction, and gives the first rows. `settings`: a statement to begin it with; may be
  /// empty. `text`: as PostgreSQL writes placeholders.
  Rows begin(std::string const& settings, std::string const& text, std::vector<std::string> const& values,
             BatchLimits const& limits);

  /// The next rows; none: that was all. The transaction has ended then.
  Rows next(BatchLimits const& limits);

 private:
  std::string fetch_text() const;
  void keep(Answer fetched, BatchLimits const& limits);
  Rows take(BatchLimits const& limits);

  pg_conn* const connection_;
  Answer fetched_;      // as the server has sent it: rows turn out longer than those before, and are given bit by bit
  MemoryShare memory_;  // for that
  int taken_ = 0;       // of its rows
  int wanted_ = 0;      // rows of the fetch that is on its way, or was last
  bool has_more_ = true;
};

}  // namespace restapi::store
