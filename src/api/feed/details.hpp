// SPDX-License-Identifier: MIT
/// What some doors tell beside the objects that have changed: documents of nodes, owners, and what is at the other end.
/// Read when the change is told, once for all, where somebody listens who needs it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "api/feed/objects.hpp"
#include "base/result.hpp"
#include "store/changes/change.hpp"
#include "store/store.hpp"

namespace restapi::api::feed {

/// As text a document has at most so many bytes; a larger one is left out.
inline constexpr std::size_t largest_content = 256 * 1024;

struct Document {
  std::optional<std::string> text = {};    ///< nothing: it is too large, or cannot be read
  std::optional<std::int64_t> bytes = {};  ///< of the text in the database, where that is known

  bool operator==(Document const&) const = default;
};

struct NodeDetails {
  std::string uuid;
  std::string label;
  std::string type;
  std::optional<std::int64_t> user;
  std::string mtime;                                     ///< as a store gives it, in UTC
  std::optional<Document> attributes = {}, extras = {};  ///< where they may have changed
};

struct GroupDetails {
  std::string uuid;
  std::optional<std::int64_t> user;
};

class Details {
 public:
  std::unordered_map<std::int64_t, NodeDetails> nodes = {};  ///< by id; those that there are
  std::unordered_map<std::int64_t, GroupDetails> groups = {};

  NodeDetails const* find_node(std::int64_t id) const;
  GroupDetails const* find_group(std::int64_t id) const;
  std::size_t bytes() const;  ///< of memory, about
};

/// Of all nodes and groups that the changes name. `objects`: one for each change. Errors as of Reader::read.
Result<Details> read_details(store::Batch const& batch, std::vector<ToldObjects> const& objects, store::Store& store);

}  // namespace restapi::api::feed
