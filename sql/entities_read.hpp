// SPDX-License-Identifier: MIT
/// Which of AiiDA's tables a statement reads: what its rows depend on.
#pragma once

#include "model/entity.hpp"
#include "sql/statement.hpp"

namespace restapi::sql {

/// By the marks in its text (sql/fragment.hpp). The states of calculations count as nodes, as their changes do
/// (model::state_table). Throws std::logic_error for a table whose changes nobody could tell.
model::EntitySet entities_read(Statement const& statement);

}  // namespace restapi::sql
