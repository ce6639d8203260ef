// SPDX-License-Identifier: MIT
#include "store/changes/chosen_source.hpp"

#include <utility>

#include "sql/feed/changes.hpp"
#include "store/changes/following_postgresql.hpp"
#include "store/changes/following_sqlite.hpp"
#include "store/changes/installed_postgresql.hpp"
#include "store/changes/installed_sqlite.hpp"
#include "store/failures.hpp"

namespace restapi::store {
namespace {

class Unchanging final : public FollowingSource {
 public:
  Unchanging() : FollowingSource({}) { begin_telling(); }

 private:
  Result<Done> look() override { return Done{}; }
};

}  // namespace

ChosenSource::ChosenSource(source::Source source, Options options)
    : source_(std::move(source)), options_(options), looks_(options.between_looks, 0) {}

ChosenSource::~ChosenSource() = default;

SourceInUse ChosenSource::in_use() const {
  std::lock_guard const lock(mutex_);
  return in_use_;
}

Result<Cursor> ChosenSource::now() {
  auto const chosen = source();
  if (!chosen) return chosen.error();
  auto cursor = (*chosen)->now();
  has_failed_ = !cursor;
  return cursor;
}

Result<std::variant<Batch, Lost>> ChosenSource::read(Cursor const& cursor) {
  auto const chosen = source();
  if (!chosen) return chosen.error();
  auto batch = (*chosen)->read(cursor);
  has_failed_ = !batch || std::holds_alternative<Lost>(*batch);
  return batch;
}

Result<std::optional<Lost>> ChosenSource::examine(Cursor const& cursor) {
  auto const chosen = source();
  if (!chosen) return chosen.error();
  auto lost = (*chosen)->examine(cursor);
  has_failed_ = !lost;
  return lost;
}

void ChosenSource::doubt(model::Entity const& entity, std::span<std::int64_t const> ids) {
  if (in_use().kind == SourceKind::following) other_->doubt(entity, ids);
}

Result<ChangeSource*> ChosenSource::source() {
  if (in_use().kind == SourceKind::unknown || has_failed_ || looks_.is_due()) {
    looks_.took(Pace::Clock::now());
    has_failed_ = true;  // until it is known: what was chosen before may be gone
    if (auto done = choose(); !done) return std::move(done).error();
    has_failed_ = false;
  }
  auto const now = in_use();
  if (now.kind == SourceKind::unknown) {
    auto error = unavailable(source_.name, now.why);
    error.message = "the changes of this database cannot be told, because it does not write them down";
    error.hint = "its owner can run what --print-feed-setup prints";
    return error;
  }
  return now.kind == SourceKind::installed ? installed_.get() : other_.get();
}

Result<Done> ChosenSource::choose() {
  if (source_.immutable) {
    if (!other_) other_ = std::make_unique<Unchanging>();
    use(SourceKind::unchanging, {});
    return Done{};
  }
  if (auto done = connect(); !done) return done;
  std::string why = "it is not wanted";
  if (options_.wanted != WantedSource::following) {
    auto reason = why_not_();
    if (!reason) return std::move(reason).error();
    if (!*reason) {
      other_.reset();  // it keeps much
      use(SourceKind::installed, {});
      return Done{};
    }
    why = **std::move(reason);
  }
  if (options_.wanted == WantedSource::installed) {
    use(SourceKind::unknown, why);
    return Done{};
  }
  if (!other_) {
    if (source_.engine == source::Engine::postgresql)
      other_ = std::make_unique<FollowingPostgreSql>(*connection_, options_.following);
    else
      other_ = std::make_unique<FollowingSqlite>(*connection_, options_.following);
  }
  use(SourceKind::following, why);
  return Done{};
}

// Statements that have been prepared read the schema that was found first.
Result<Done> ChosenSource::connect() {
  if (connection_) {
    auto const schema = connection_->find_schema();
    if (!schema) return schema.error();
    if (*schema == connection_->schema() && installed_) return Done{};
    installed_.reset();
    other_.reset();
  }
  bool const is_postgresql = source_.engine == source::Engine::postgresql;
  connection_ = std::make_unique<ChangeConnection>(
      source_, options_.times,
      is_postgresql ? std::optional(sql::feed::postgresql_settings()) : std::optional<sql::Statement>());
  auto const schema = connection_->find_schema();
  if (!schema) return schema.error();
  if (schema->empty()) return unavailable(source_.name, "it has no tables of AiiDA's");
  if (is_postgresql) {
    auto installed = std::make_unique<InstalledPostgreSql>(*connection_, *schema);
    why_not_ = [source = installed.get()] { return source->why_not(); };
    installed_ = std::move(installed);
  } else {
    auto installed = std::make_unique<InstalledSqlite>(*connection_);
    why_not_ = [source = installed.get()] { return source->why_not(); };
    installed_ = std::move(installed);
  }
  return Done{};
}

void ChosenSource::use(SourceKind kind, std::string why) {
  std::lock_guard const lock(mutex_);
  in_use_ = {kind, std::move(why)};
}

}  // namespace restapi::store
