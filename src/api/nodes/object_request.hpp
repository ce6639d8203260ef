// SPDX-License-Identifier: MIT
/// A question about the one object that a path names, as a version of the API hands it on.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "api/lists.hpp"
#include "query/planner.hpp"
#include "sql/dialect.hpp"

namespace restapi::api {

/// References outlive the call that takes it.
struct ObjectRequest {
  query::View const& view;  ///< of the objects that the id names
  std::string_view id;      ///< as in the path
  query::Planner const& planner;
  sql::Dialect const& dialect;
  NotOne not_one;                       ///< what the version says where the path names no object, or several
  std::string_view resource_type;       ///< what the answer is about, "nodes": a literal
  std::optional<std::int64_t> pk = {};  ///< what the id of a process is, rather than a uuid, if there is such a one
};

}  // namespace restapi::api
