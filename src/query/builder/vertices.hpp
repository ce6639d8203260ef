// SPDX-License-Identifier: MIT
/// The path of a query: its vertices, and how each of them joins an earlier one.
#pragma once

#include <deque>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/json_value.hpp"
#include "base/result.hpp"
#include "query/builder/entities.hpp"
#include "query/builder/place.hpp"
#include "query/builder/plan.hpp"
#include "query/builder/types.hpp"

namespace restapi::query::builder {

/// A value of the body, and where it stands. Both live as long as the body is read.
struct Written {
  JsonValue const* value = nullptr;  ///< null: nothing is written
  Place const* place = nullptr;
};

/// What a tag names: a vertex, or the edge that leads to one.
struct Tag {
  std::string name;
  std::size_t vertex;
  bool is_edge;
  std::optional<Kind> kind;  ///< nothing: of an edge without columns
  EntityType type = {};      ///< of a vertex
  Written filters = {}, project = {};
};

/// What is read of the path; filters and outputs are empty yet.
struct PathRead {
  std::vector<Vertex> vertices;
  std::vector<Tag> tags;
  std::deque<Place> places;  ///< of what tags have written

  /// The tag of that name, or an error with the tags that there are.
  Result<Tag*> find(std::string_view name, Place const& place);
};

Result<PathRead> read_path(JsonValue const& path, Reading const& reading, Place const& place);

}  // namespace restapi::query::builder
