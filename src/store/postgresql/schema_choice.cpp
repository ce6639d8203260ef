// SPDX-License-Identifier: MIT
#include "store/postgresql/schema_choice.hpp"

#include <utility>

namespace restapi::store {

Result<std::string> choose_schema(std::span<SchemaFound const> found) {
  if (found.empty()) return std::string();
  if (found.front().is_on_path || found.size() == 1) return found.front().name;
  std::string names;
  for (auto const& schema : found) names += (names.empty() ? "" : ", ") + schema.name;
  return Error{Code::source_refused,
               "AiiDA's tables are in several schemas of the database: " + names,
               "say which with the role's search path, for example ALTER ROLE reader SET search_path = " +
                   found.front().name + ", or with options=-csearch_path%3D" + found.front().name + " in the URI",
               {},
               {},
               "AiiDA's tables are in several schemas of the database"};
}

std::string SchemaName::get() const {
  std::lock_guard const lock(mutex_);
  return name_;
}

void SchemaName::set(std::string name) {
  std::lock_guard const lock(mutex_);
  name_ = std::move(name);
}

}  // namespace restapi::store
