// SPDX-License-Identifier: MIT
/// What belongs to one node and is no column of it.
#pragma once

#include <cstdint>
#include <optional>

#include "model/catalog.hpp"
#include "sql/dialect.hpp"
#include "sql/statement.hpp"

namespace restapi::sql {

/// By id: when written, when changed, first and last name of who has written it, text.
Statement compile_comments(std::int64_t pk, Dialect const& dialect);

/// By id: when, by which logger, how serious, text.
Statement compile_logs(std::int64_t pk, Dialect const& dialect);

/// Of the node that a calculation has retrieved: its document, one of nodes, as text; null: NULL. One row, or none.
Statement compile_retrieved(std::int64_t pk, model::Document const* document, Dialect const& dialect);

/// Of each pair of types that nodes have: type, process type (empty where there is none), how many nodes. One pass.
/// `owner`: only nodes of this user.
Statement compile_types(model::BoundResource const& nodes, std::optional<std::int64_t> owner, Dialect const& dialect);

}  // namespace restapi::sql
