// SPDX-License-Identifier: MIT
/// What a row of nodes has, for tests that compare whole statements, rows or answers: a column that is shown is added
/// here.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace restapi::test {

/// The fields of v2, in the order of its answers.
inline constexpr std::string_view node_fields = "ctime id label mtime state type uuid";
inline constexpr std::size_t node_width = 7;

/// The same as the newer schemas keep them, and the older ones.
inline std::string const node_state =
    "substr(coalesce(n.attributes ->> 'process_state', n.attributes ->> 'state'), 1, 10000)";
inline std::string const older_state =
    "substr(coalesce((SELECT s.state FROM @db_dbcalcstate AS s WHERE s.dbnode_id = n.id ORDER BY s.time DESC, s.id "
    "DESC "
    "LIMIT 1), n.attributes ->> 'state'), 1, 10000)";
inline std::string const node_columns = "n.ctime, n.id, n.label, n.mtime, " + node_state + ", n.node_type, n.uuid";
inline std::string const older_node_columns = "n.ctime, n.id, n.label, n.mtime, " + older_state + ", n.type, n.uuid";

}  // namespace restapi::test
