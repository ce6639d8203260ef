// SPDX-License-Identifier: MIT
/// What the live feed tells of a node in one piece, with its user, computer and groups; and of groups.
#pragma once

#include <cstdint>
#include <span>
#include <string>

#include "model/catalog.hpp"
#include "sql/dialect.hpp"
#include "sql/statement.hpp"

namespace restapi::sql::feed {

/// Extras of more bytes are left out: NULL.
inline constexpr std::int64_t largest_extras = 64 * 1024;

struct ItemColumns {
  enum {
    id,
    uuid,
    ctime,
    mtime,
    label,
    exit_status,
    exit_message,
    state,
    type,
    user,
    computer,
    extras,
    comments,
    count
  };
};

/// Those of the nodes that there are; the computer by its uuid, the number of comments, where these can be read.
Statement items(model::Catalog const& catalog, std::span<std::int64_t const> ids, bool has_comments,
                Dialect const& dialect);

struct MembershipColumns {
  enum { node, group, group_uuid, count };
};

/// The groups that the nodes are in; of each node in the order of the groups' ids.
Statement memberships(std::span<std::int64_t const> nodes, Dialect const& dialect);

struct GroupItemColumns {
  enum { id, uuid, label, type, description, count };
};
Statement groups(model::Catalog const& catalog, std::span<std::int64_t const> ids, Dialect const& dialect);

struct GroupSizeColumns {
  enum { id, uuid, nodes, count };
};
Statement group_sizes(std::span<std::int64_t const> ids, Dialect const& dialect);

/// Its id, in one column.
Statement group_of(std::string uuid, Dialect const& dialect);

}  // namespace restapi::sql::feed
