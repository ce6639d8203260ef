// SPDX-License-Identifier: MIT
/// Tables that were there when the database was opened and are not any more: renamed, dropped, or taken by somebody
/// else, who may have put one of their own in the place. Such a one would be found by its name.
#pragma once

#include <atomic>
#include <mutex>
#include <string>
#include <vector>

#include "model/catalog.hpp"
#include "sql/statement.hpp"

namespace restapi::store {

/// Any thread may call.
class LostTables {
 public:
  /// What a look at the columns has found.
  void look(model::Schema const& when_opened, model::Schema const& now);

  /// Whether the statement reads one of them. Costs nothing as long as there is none.
  bool concern(sql::Statement const& statement) const;

 private:
  std::atomic<bool> is_any_ = false;
  mutable std::mutex mutex_;
  std::vector<std::string> marked_;  // as statements write them: `@db_dbgroup `
};

}  // namespace restapi::store
