// SPDX-License-Identifier: MIT
/// A request with no HTTP left in it: which resource, which of its answers, and what was written in the query.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "grammar/ast.hpp"
#include "model/catalog.hpp"

namespace restapi::query {

/// The part of a resource that is asked for.
enum class Scope { list, one, inputs, outputs, attributes, extras, statistics, schema };

struct Request {
  model::Layout const* resource;  ///< not null; lives as long as its catalog
  Scope scope;
  std::string id = {};                    ///< as in the path: a uuid, its start, or a pk; empty for lists
  std::optional<std::int64_t> page = {};  ///< /page/<n>; /page alone is 1
  ast::Query query = {};
};

/// What the operator of the server allows beyond the default.
struct Policy {
  bool private_filters = false;  ///< filters on Use::private_filter columns
};

}  // namespace restapi::query
