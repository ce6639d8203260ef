// SPDX-License-Identifier: MIT
/// In which schema of a PostgreSQL database AiiDA's tables are. Two may have some, a live one and an old copy say.
#pragma once

#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "base/result.hpp"

namespace restapi::store {

/// One that has a table db_dbnode.
struct SchemaFound {
  std::string name;
  bool is_on_path;  ///< on the search path of the role
};

/// The first on the path, else the only one. Empty where there is none. Error source_refused where several are as good.
/// `found`: in the order of the path.
Result<std::string> choose_schema(std::span<SchemaFound const> found);

/// What libpq's `options` set the search path to: `-csearch_path=archive` → `archive`. Nothing where they do not.
std::optional<std::string> search_path_in(std::string_view options);

/// The schema that a store reads, told to its connections. Any thread.
class SchemaName {
 public:
  explicit SchemaName(std::string name) : name_(std::move(name)) {}

  std::string get() const;
  void set(std::string name);

 private:
  mutable std::mutex mutex_;
  std::string name_;
};

}  // namespace restapi::store
