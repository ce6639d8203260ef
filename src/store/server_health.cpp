// SPDX-License-Identifier: MIT
#include "store/server_health.hpp"

#include <soci/soci-backend.h>
#include <spdlog/spdlog.h>

namespace restapi::store {

Failure ServerHealth::note(ConnectionPool::Lease& lease, soci::soci_error const& error, std::size_t earlier) {
  auto const failure = lease->why_failed(error);
  failures_.add(failure);
  if (loses_connection(failure)) lost(lease, error);
  if (failure == Failure::interrupted && factory_.has_several_hosts() && earlier > 0) {
    factory_.avoid(*lease);
    lease.lost();  // with the idle ones, which lead there too
  }
  // Nobody needs to wait in turn for a file that somebody has locked.
  if (failure == Failure::silent || (failure == Failure::locked && is_file_))
    breaker_.silent();
  else if (failure != Failure::lost && failure != Failure::gone)
    breaker_.answered();
  return failure;
}

void ServerHealth::lost(ConnectionPool::Lease& lease, soci::soci_error const& error) {
  ++lost_connections_;
  factory_.avoid(*lease);
  spdlog::warn("{}: connection lost: {}", name_, reason_of(error));
  lease.lost();
}

bool ServerHealth::is_of_former_server(ConnectionPool::Lease& lease) {
  if (lease->life() == factory_.life()) return false;
  ++lost_connections_;
  lease.lost();
  return true;
}

}  // namespace restapi::store
