// SPDX-License-Identifier: MIT
/// The rows of one statement, however many, in batches: none waits in memory but the batch that is read.
#pragma once

#include <cstddef>

#include "base/result.hpp"
#include "store/rows.hpp"

namespace restapi::store {

/// A batch has so many rows at most, and ends with the row that makes it as large as this.
inline constexpr std::size_t most_rows_of_batch = 512;
inline constexpr std::size_t usual_bytes_of_batch = std::size_t{256} << 10;

/// Over a connection of its own. All rows are of one state of the data, which the database keeps for as long as this
/// lives: whoever makes one should have it read, or let it go. Used by one thread at a time, and not always the same.
class RowStream {
 public:
  /// Ends the statement and closes the connection; waits for nobody.
  virtual ~RowStream() = default;

  /// The next rows, in the order of the statement; none: that was all. Each call has the time of one statement; how
  /// long the next one takes to come does not matter here, but the server may have a limit of its own for that
  /// (idle_in_transaction_session_timeout). Errors as of Reader::read; nothing is tried again, since other rows may be
  /// there by now. After the first error there are no more rows, but the same error.
  virtual Result<Rows> next() = 0;

  /// To be called now and then (every second, say) while the next batch is not wanted yet. Where the rows keep somebody
  /// from writing who has waited for two seconds, they end here, with store_unavailable: an SQLite file without a
  /// write-ahead log cannot be written while it is read, and AiiDA gives up after five. next() looks as well.
  virtual void look() = 0;
};

}  // namespace restapi::store
