// SPDX-License-Identifier: MIT
/// Nodes in numbers, as SQL that every schema of AiiDA 2.x takes.
#pragma once

#include <cstdint>
#include <cstdio>
#include <string>

namespace restapi::test {

/// "000003e8-0000-4000-8000-0000000003e8" for 1000.
inline std::string uuid_of(std::int64_t id) {
  char text[37];
  std::snprintf(text, sizeof text, "%08llx-0000-4000-8000-%012llx", static_cast<unsigned long long>(id & 0xFFFFFFFF),
                static_cast<unsigned long long>(id & 0xFFFFFFFFFFFF));
  return text;
}

inline std::string const insert_nodes =
    "INSERT INTO db_dbnode (id, uuid, node_type, label, description, ctime, mtime, attributes, extras, "
    "repository_metadata, user_id) VALUES ";

/// One row for insert_nodes.
inline std::string node_row(std::int64_t id, std::string const& type, std::string const& label) {
  return "(" + std::to_string(id) + ", '" + uuid_of(id) + "', '" + type + "', '" + label +
         "', '', '2024-05-01 10:00:00.000000', '2024-05-01 10:00:00.000000', '{}', '{}', '{}', 1)";
}

}  // namespace restapi::test
