/// Several statements in one round trip: libpq's pipeline mode (PostgreSQL 15, 34.5), which SOCI does not have, with
/// statements that SOCI has prepared.
#pragma once

#include <span>
#include <vector>

#include "store/driver.hpp"
#include "store/rows.hpp"

struct pg_conn;  // libpq's PGconn

namespace restapi::store {

/// The rows of the first so many calls, in their order: up to the first that fails, or that has more rows than memory
/// should be used for (largest_rows_together, of all together). What was asked behind it has no effect. The calls share
/// a transaction; each sees what has been committed when its turn comes. Throws soci_error when the connection is lost;
/// after that it is of no more use. One thread.
std::vector<Rows> read_in_pipeline(pg_conn* connection, std::span<Call const> calls);

}  // namespace restapi::store
