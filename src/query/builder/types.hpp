// SPDX-License-Identifier: MIT
/// entity_type: which table a vertex is of, and which of its rows.
#pragma once

#include "base/json_value.hpp"
#include "base/result.hpp"
#include "query/builder/entities.hpp"
#include "query/builder/place.hpp"
#include "query/builder/plan.hpp"

namespace restapi::query::builder {

struct EntityType {
  Kind kind;
  std::string_view key = {};  ///< the column that the type is a filter of; empty: there is none
  Filters filters = {};       ///< of that
};

/// A text, or a list of texts of one kind. `with_subclasses`: a node type is one with all that are derived from it.
Result<EntityType> read_entity_type(JsonValue const& value, bool with_subclasses, Reading const& reading,
                                    Place const& place);

}  // namespace restapi::query::builder
