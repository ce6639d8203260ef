// SPDX-License-Identifier: MIT
/// What failures of statements and connections tell of the database: whether it is silent, whether its connections may
/// be those of a server that is no more, and how often what has failed.
#pragma once

#include <atomic>
#include <cstddef>
#include <string>
#include <utility>

#include "store/circuit_breaker.hpp"
#include "store/connection_factory.hpp"
#include "store/connection_pool.hpp"
#include "store/counts.hpp"
#include "store/driver.hpp"
#include "store/failures.hpp"

namespace restapi::store {

/// Any thread may call.
class ServerHealth {
 public:
  /// `factory`: of all connections; outlives this. `is_file`: whoever has it locked has all of it locked.
  ServerHealth(ConnectionFactory const& factory, std::string name, bool is_file)
      : factory_(factory), name_(std::move(name)), is_file_(is_file) {}

  CircuitBreaker& breaker() { return breaker_; }

  /// Why a statement has failed. Counts it, and remembers what it says of the server and the connection. `earlier`:
  /// tries of the same.
  Failure note(ConnectionPool::Lease& lease, soci::soci_error const& error, std::size_t earlier);

  /// The connection is lost: it is closed, and new ones begin elsewhere.
  void lost(ConnectionPool::Lease& lease, soci::soci_error const& error);

  /// A connection cannot be used again, for whatever reason.
  void connection_ended() { ++lost_connections_; }

  /// Whether the connection leads to a server that is no more, though it still seems sound; then it is lost. To be
  /// asked where all connections lead to one server.
  bool is_of_former_server(ConnectionPool::Lease& lease);

  /// Changes with each lost connection. A PostgreSQL server whose process has crashed closes all connections, recovers,
  /// and counts transactions from where its log ends: some numbers that were seen may come again.
  unsigned lost_connections() const { return lost_connections_.load(); }

  void add_to(StatementCounts& counts) const { failures_.add_to(counts); }

 private:
  ConnectionFactory const& factory_;
  std::string const name_;
  bool const is_file_;
  CircuitBreaker breaker_;
  FailureCounts failures_;
  std::atomic<unsigned> lost_connections_ = 0;
};

/// Whether the connection is lost with the statement, and whether the same again may work.
constexpr bool loses_connection(Failure failure) { return failure == Failure::lost || failure == Failure::silent; }
constexpr bool may_pass(Failure failure) { return failure == Failure::lost || failure == Failure::interrupted; }

}  // namespace restapi::store
