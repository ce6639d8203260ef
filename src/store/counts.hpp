// SPDX-License-Identifier: MIT
/// What a store has and has done, for metrics.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>

namespace restapi::store {

struct PoolCounts {
  // Now: connections, and threads that wait for one.
  std::size_t idle = 0, lent = 0, opening = 0, waiting = 0;
  // Since the start: connections.
  std::uint64_t opened = 0, not_opened = 0;
};

/// Statements since the start, by how they ended. One that is tried again counts twice.
struct StatementCounts {
  std::uint64_t sent = 0;
  std::uint64_t lost = 0;         ///< with their connection
  std::uint64_t silent = 0;       ///< no answer at all: the connection was cut
  std::uint64_t too_slow = 0;     ///< stopped by the database at their time limit
  std::uint64_t cancelled = 0;    ///< because nobody waited for them any more
  std::uint64_t interrupted = 0;  ///< by the server, for reasons of its own
  std::uint64_t unavailable = 0;  ///< the database had no room or was locked
  std::uint64_t failed = 0;       ///< refused
};

struct StoreCounts {
  PoolCounts connections = {};
  StatementCounts statements = {};
  std::uint64_t no_connection_in_time = 0;  ///< reads that found none free
};

/// Where a PostgreSQL server stands in replication: of the one that was asked last, where a source has several.
struct Replication {
  bool is_standby = false;
  bool is_streaming = false;  ///< a standby that is connected to where its changes come from
  /// Seconds by which a standby's data may be older than the primary's. 0 where it is streaming and has replayed all
  /// that it has received. Otherwise the time since the last commit that it has replayed, by the primary's clock, or
  /// since its start where it has replayed none: the most that it can be, as far as is known here. Nothing on a
  /// primary.
  std::optional<double> lag = {};
};

}  // namespace restapi::store
