// SPDX-License-Identifier: MIT
/// Changes from the rows in which a database writes them down (sql/feed/changes.hpp).
#pragma once

#include <cstddef>
#include <optional>

#include "store/changes/change.hpp"
#include "store/rows.hpp"

namespace restapi::store {

Xid xid_at(Rows const& rows, std::size_t row, std::size_t column);

/// Where the row of a change is.
Cursor::Check check_of(Rows const& rows, std::size_t row);

/// Nothing for what a later version of the setup may tell.
std::optional<Change> change_of(Rows const& rows, std::size_t row);

/// Takes the first objects off, as many as there are at most.
void skip_objects(Change& change, std::size_t count);

}  // namespace restapi::store
