// SPDX-License-Identifier: MIT
/// Rows of a database that keeps texts in another encoding.
#pragma once

#include <memory>

#include "sql/server_encoding.hpp"
#include "store/rows.hpp"

namespace restapi::store {

/// The same rows, if all are ASCII. Throws soci_error where there is no memory for them.
Rows in_utf8(Rows rows, sql::ServerEncoding const& encoding, std::shared_ptr<MemoryBudget> memory);

}  // namespace restapi::store
