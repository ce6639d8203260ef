// SPDX-License-Identifier: MIT
/// A store without rows.
#pragma once

#include <atomic>
#include <new>
#include <stdexcept>

#include "store/store.hpp"
#include "support/schemas.hpp"

namespace restapi::test {

/// No rows in any list, unless something goes wrong.
class EmptyStore final : public store::Store {
 public:
  Result<store::Rows> read(sql::Statement const& statement, std::stop_token) override {
    ++reads;
    if (fails) return Error{Code::store_unavailable, "the database cannot be reached"};
    if (throws) throw std::runtime_error("a fault");
    if (has_no_memory) throw std::bad_alloc();
    if (statement.name() == too_large) return Error{Code::answer_too_large, "too large"};
    store::Rows rows(statement.width());
    if (statement.name() == "count") rows.add("0");
    return rows;
  }
  Result<std::optional<store::Version>> version() override {
    return knows_version ? std::optional(store::Version{"1"}) : std::nullopt;
  }
  sql::Dialect const& dialect() const override { return sql::postgresql(); }
  bool has_versions() const override { return true; }
  model::Catalog const& catalog() const override { return test::catalog_of("postgresql_gen2"); }

  std::string too_large = {};  ///< name of the statement whose rows are; to be set before threads start
  std::atomic<int> reads = 0;
  std::atomic<bool> knows_version = true;
  std::atomic<bool> fails = false;
  std::atomic<bool> throws = false;
  std::atomic<bool> has_no_memory = false;
};

}  // namespace restapi::test
