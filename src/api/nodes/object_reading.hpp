// SPDX-License-Identifier: MIT
/// Answers that begin with the row of the one object that the path names.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string_view>

#include "api/nodes/object_request.hpp"
#include "api/version.hpp"
#include "base/result.hpp"
#include "query/plan.hpp"
#include "store/rows.hpp"

namespace restapi::api {

/// The row of the object: the fields of its projection.
struct ObjectRow {
  query::ObjectPlan const& plan;
  store::Rows rows;  ///< one
  std::size_t first_column;
  std::int64_t pk;

  /// Of the field of that name; nothing: NULL. Requires that it is in the projection.
  std::optional<std::string_view> at(std::string_view field) const;
};

/// What is answered of it.
using Tell = std::function<Result<Answer>(ObjectRow row, ReadContext const& context)>;

enum class Gives { json, file };

/// `plan`: of the object that is asked for. `others`: which tables `tell` reads beside that of the object.
std::unique_ptr<PendingRead> read_object(ObjectRequest const& asked, query::ObjectPlan plan, model::EntitySet others,
                                         Tell tell, Gives gives = Gives::json);

/// `class_name`: of AiiDA, in messages; `type`: how the types of such nodes begin, in AiiDA 0.x `old_type`.
struct ProcessClass {
  std::string_view class_name, type, old_type;
};

/// The same of a process. no_such_object: the node is none. Requires that the projection has node_type.
std::unique_ptr<PendingRead> read_process(ObjectRequest const& asked, query::ObjectPlan plan,
                                          ProcessClass const& wanted, model::EntitySet others, Tell tell,
                                          Gives gives = Gives::json);

}  // namespace restapi::api
