// SPDX-License-Identifier: MIT
/// How long the write-ahead log of an SQLite file is, from the index that its connections share.
#pragma once

#include "store/sqlite/log_pause.hpp"

namespace sqlite_api {
struct sqlite3;
}

namespace restapi::store {

/// No frames where this connection has no index mapped.
WriteAheadLog find_log(sqlite_api::sqlite3* connection);

}  // namespace restapi::store
