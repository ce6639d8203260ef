// SPDX-License-Identifier: MIT
/// What is said of nodes that are told in one piece, and of groups: read when the change is told, once for all, where
/// somebody listens who needs it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <unordered_map>
#include <vector>

#include "api/feed/objects.hpp"
#include "base/result.hpp"
#include "store/changes/change.hpp"
#include "store/store.hpp"

namespace restapi::api::feed {

/// Date-times and JSON as the store has them.
struct NodeItem {
  std::string uuid;
  std::optional<std::string> ctime = {}, mtime = {};
  std::string label = {};
  std::optional<std::string> exit_status = {}, exit_message = {};
  std::optional<std::string> state = {};
  std::string type = {};
  std::optional<std::int64_t> user = {};
  std::optional<std::string> computer = {};  ///< uuid
  std::optional<std::string> extras = {};    ///< nothing: none, or too many (sql::feed::largest_extras)
  std::int64_t comments = 0;
  std::vector<std::int64_t> groups = {};  ///< that it is in, by id, in order
  std::string first_group = {};           ///< the uuid of the first of them

  bool is_in(std::int64_t group) const;
};

struct GroupItem {
  std::string uuid;
  std::string label = {}, type = {}, description = {};  ///< where the group itself has changed
  std::optional<std::int64_t> nodes = {};               ///< how many are in it, where that has changed
};

/// By id; those that there are.
struct Items {
  std::unordered_map<std::int64_t, NodeItem> nodes = {};
  std::unordered_map<std::int64_t, GroupItem> groups = {};

  NodeItem const* find_node(std::int64_t id) const;
  GroupItem const* find_group(std::int64_t id) const;
  std::size_t bytes() const;  ///< of memory, about
};

/// Of all nodes and groups that the changes are about, and those at the ends of memberships. `objects`: one for each
/// change. Errors as of Reader::read.
Result<Items> read_items(store::Batch const& batch, std::span<ToldObjects const> objects, store::Store& store);

/// The id of a group; nothing: there is none. `uuid`: of any shape. Errors as of Reader::read.
Result<std::optional<std::int64_t>> find_group(std::string const& uuid, store::Store& store);

}  // namespace restapi::api::feed
