// SPDX-License-Identifier: MIT
/// The changes of an SQLite file in which nothing is installed.
///
/// Whether anything has been committed costs nothing to ask; what it was is found behind the greatest ids at once, and
/// elsewhere by reading the tables, as often as that is a small part of the time.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>

#include "base/file_identity.hpp"
#include "store/changes/change_connection.hpp"
#include "store/changes/following_source.hpp"
#include "store/changes/known_tables.hpp"
#include "store/changes/pace.hpp"

namespace restapi::store {

class FollowingSqlite final : public FollowingSource {
 public:
  /// The connection must outlive it.
  explicit FollowingSqlite(ChangeConnection& connection, FollowingOptions const& options = {});

  void doubt(model::Entity const& entity, std::span<std::int64_t const> ids) override {
    if (state_) state_->tables.doubt(entity, ids);
  }

 private:
  struct State {
    FileIdentity file;
    KnownTables tables;
    std::string looked = {}, compared = {};  // the versions of the data then
  };
  enum class Where { everywhere, behind };  // the greatest ids

  Result<Done> look() override;
  Result<Done> begin();
  Result<Done> find(Where where);
  Result<Done> find(KnownTables::Table& table, std::int64_t after, Findings* findings);
  Result<Rows> rows_of(sql::Statement const& statement);

  /// Another one after each commit. It counts for one opening of the file.
  Result<std::string> version();

  ChangeConnection& connection_;
  std::optional<State> state_;
  Pace additions_, comparisons_;
};

}  // namespace restapi::store
