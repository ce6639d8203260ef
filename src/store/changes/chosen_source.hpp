// SPDX-License-Identifier: MIT
/// The changes of a database, from what is installed in it, or by following where nothing is, whichever there is at the
/// time; of an archive, none.
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <string>

#include "source/source.hpp"
#include "store/changes/change_connection.hpp"
#include "store/changes/change_source.hpp"
#include "store/changes/following_source.hpp"
#include "store/changes/pace.hpp"

namespace restapi::store {

/// When another source comes into use, whoever has a cursor of the former one has lost: their epochs differ.
class ChosenSource final : public ChangeSource {
 public:
  struct Options {
    WantedSource wanted = WantedSource::automatic;
    std::chrono::milliseconds between_looks{10'000};  ///< at what is installed; beside that, after a read that failed
    FollowingOptions following = {};
    ChangeConnection::Times times = {};
  };
  ChosenSource(source::Source source, Options options);
  ~ChosenSource() override;

  SourceInUse in_use() const override;

  Result<Cursor> now() override;
  Result<std::variant<Batch, Lost>> read(Cursor const& cursor) override;
  Result<std::optional<Lost>> examine(Cursor const& cursor) override;
  void doubt(model::Entity const& entity, std::span<std::int64_t const> ids) override;

 private:
  Result<ChangeSource*> source();
  Result<Done> choose();
  Result<Done> connect();
  void use(SourceKind kind, std::string why);

  source::Source const source_;
  Options const options_;
  std::unique_ptr<ChangeConnection> connection_;
  std::unique_ptr<ChangeSource> installed_, other_;
  std::function<Result<std::optional<std::string>>()> why_not_;  // installed_
  Pace looks_;
  bool has_failed_ = false;  // so another look is due
  mutable std::mutex mutex_;
  SourceInUse in_use_;
};

}  // namespace restapi::store
