/// What a store has and has done, for metrics.
#pragma once

#include <cstddef>
#include <cstdint>

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

}  // namespace restapi::store
