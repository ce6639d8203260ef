// SPDX-License-Identifier: MIT
/// Answers that begin with the row of the one object that the path names.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string_view>

#include "api/v4/routes.hpp"
#include "api/version.hpp"
#include "base/result.hpp"
#include "query/plan.hpp"
#include "sql/dialect.hpp"
#include "store/rows.hpp"

namespace restapi::api::v4 {

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

/// `others`: which tables `tell` reads beside that of the object.
std::unique_ptr<PendingRead> read_object(query::ObjectPlan plan, model::EntitySet others, Tell tell,
                                         sql::Dialect const& dialect, Gives gives = Gives::json);

/// The same of a process, whose id may be its pk. `class_name`: of AiiDA, in messages; `type`: how the types of such
/// nodes begin, in AiiDA 0.x `old_type`. Requires that the projection has node_type.
struct ProcessClass {
  std::string_view class_name, type, old_type;
};
std::unique_ptr<PendingRead> read_process(query::ObjectPlan plan, ProcessClass const& wanted, model::EntitySet others,
                                          Tell tell, sql::Dialect const& dialect);

/// The path names no object, or several: `pks` as sql::compile_pk() reads them.
Error not_one(query::ObjectPlan const& plan, store::Rows const& pks);

}  // namespace restapi::api::v4
