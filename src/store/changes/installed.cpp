// SPDX-License-Identifier: MIT
#include "store/changes/installed.hpp"

#include <utility>

#include "sql/feed/changes.hpp"
#include "store/changes/change_connection.hpp"
#include "store/changes/installed_postgresql.hpp"
#include "store/changes/installed_sqlite.hpp"

namespace restapi::store {
namespace {

template <class Source>
class Connected final : public ChangeSource {
 public:
  template <class... Arguments>
  explicit Connected(std::unique_ptr<ChangeConnection> connection, Arguments... arguments)
      : connection_(std::move(connection)), source_(*connection_, std::move(arguments)...) {}

  Result<std::optional<std::string>> why_not() { return source_.why_not(); }
  Result<Cursor> now() override { return source_.now(); }
  Result<std::variant<Batch, Lost>> read(Cursor const& cursor) override { return source_.read(cursor); }
  Result<std::optional<Lost>> examine(Cursor const& cursor) override { return source_.examine(cursor); }

 private:
  std::unique_ptr<ChangeConnection> const connection_;
  Source source_;
};

template <class Source>
Result<std::unique_ptr<ChangeSource>> usable(std::unique_ptr<Connected<Source>> source) {
  auto const why_not = source->why_not();
  if (!why_not) return why_not.error();
  if (*why_not) return Error{Code::source_refused, "its changes cannot be told: " + **why_not};
  return std::unique_ptr<ChangeSource>(std::move(source));
}

}  // namespace

Result<std::unique_ptr<ChangeSource>> installed_changes(source::Source const& source, std::string const& schema,
                                                        std::chrono::milliseconds statement_limit) {
  bool const is_postgresql = source.engine == source::Engine::postgresql;
  auto connection = std::make_unique<ChangeConnection>(
      source, ChangeConnection::Times{.statement = statement_limit},
      is_postgresql ? std::optional(sql::feed::postgresql_settings()) : std::nullopt);
  if (is_postgresql) return usable(std::make_unique<Connected<InstalledPostgreSql>>(std::move(connection), schema));
  return usable(std::make_unique<Connected<InstalledSqlite>>(std::move(connection)));
}

}  // namespace restapi::store
