// SPDX-License-Identifier: MIT
/// What the live feed tells of nodes and groups where somebody listens to entries: owners, and the documents of nodes.
#pragma once

#include <cstdint>
#include <span>

#include "sql/dialect.hpp"
#include "sql/statement.hpp"

namespace restapi::sql::feed {

struct NodeColumns {
  enum { id, uuid, label, type, user, mtime, count };
};

/// Those of the ids that there are. `type`: the type of the node n, as the database stores it.
Statement node_details(Fragment type, std::span<std::int64_t const> ids, Dialect const& dialect);

struct GroupColumns {
  enum { id, uuid, user, count };
};
Statement group_details(std::span<std::int64_t const> ids, Dialect const& dialect);

struct DocumentColumns {
  enum { id, uuid, attributes, attributes_bytes, extras, extras_bytes, count };
};

/// Of whom, and attributes and extras as text, NULL where that has more than `most` bytes; and how many it has.
Statement node_documents(std::span<std::int64_t const> ids, std::int64_t most, Dialect const& dialect);

}  // namespace restapi::sql::feed
