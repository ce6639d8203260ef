// SPDX-License-Identifier: MIT
#include "store/connection_stream.hpp"

#include <soci/error.h>

#include "store/failures.hpp"
#include "store/in_utf8.hpp"
#include "store/postgresql/sqlstate.hpp"

namespace restapi::store {

Error too_many_streams() {
  return {Code::overloaded, "as many long lists are being sent as this server has room for", "try again later"};
}

ConnectionStream::ConnectionStream(ConnectionFactory const& factory, Of of)
    : of_(std::move(of)), pool_({.limit = 1, .opening = of_.opening}, [factory] { return factory.now(); }) {}

bool ConnectionStream::connect(std::chrono::milliseconds limit) {
  lease_.reset(new std::optional<ConnectionPool::Lease>(pool_.acquire(limit, of_.limits.gone)));
  return lease_->has_value();
}

void ConnectionStream::begin(sql::Statement const& statement) {
  first_ = in_utf8(lease()->first_batch(statement, of_.limits));
}

Result<Rows> ConnectionStream::next() {
  if (error_) return *error_;
  if (first_) return *std::exchange(first_, std::nullopt);
  if (!lease_) return Rows(0);
  try {
    lease()->look_between_batches();
    if (!of_.limits.gone.stop_requested()) {
      auto rows = in_utf8(lease()->next_batch(of_.limits));
      if (rows.empty()) close();
      return rows;
    }
    fail(Failure::gone, "not asked for");
  } catch (soci::soci_error const& error) {
    fail(error);
  }
  return *error_;
}

void ConnectionStream::look() {
  if (!lease_) return;
  try {
    lease()->look_between_batches();
  } catch (soci::soci_error const& error) {
    fail(error);
  }
}

void ConnectionStream::fail(soci::soci_error const& error) {
  fail(of_.note_failure(lease(), error), with_sqlstate(error, error.what()));
}

void ConnectionStream::fail(Failure failure, std::string_view why) {
  error_ = error_of(failure, of_.source, of_.statement, why);
  first_.reset();
  close();
}

/// Otherwise the pool would keep it.
void ConnectionStream::close() {
  lease().lost();
  lease_.reset();
}

Rows ConnectionStream::in_utf8(Rows rows) const {
  return of_.encoding ? store::in_utf8(std::move(rows), *of_.encoding, of_.limits.memory) : std::move(rows);
}

}  // namespace restapi::store
