// SPDX-License-Identifier: MIT
/// The connection over which changes are read: one of its own, because it stays busy for as long as somebody listens,
/// and because its session has settings of its own.
#pragma once

#include <atomic>
#include <chrono>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>

#include "base/file_identity.hpp"
#include "base/result.hpp"
#include "source/source.hpp"
#include "sql/dialect.hpp"
#include "sql/statement.hpp"
#include "store/connection_factory.hpp"
#include "store/connection_pool.hpp"
#include "store/rows.hpp"

namespace restapi::store {

/// One thread at a time.
class ChangeConnection {
 public:
  struct Times {
    std::chrono::milliseconds statement{30'000};
    std::chrono::milliseconds opening{5'000};
  };

  /// `settings`: read first on each new connection, unless that leads to a pooler, where nothing may be set.
  ChangeConnection(source::Source const& source, Times times, std::optional<sql::Statement> settings = {});

  /// Opened as needed; not tried again. `gone`: nobody waits any more. Failure::outdated, if the database has no such
  /// table: no rows. Errors as of Reader::read.
  Result<std::optional<Rows>> read(sql::Statement const& statement, std::stop_token const& gone = {});

  /// Changes with each connection: whatever was found out over the former one has to be asked again.
  unsigned number() const { return *opened_; }

  /// Changes also where a connection has opened its file again, which it does after changes: the version of the data is
  /// a new one's.
  unsigned openings() const { return *opened_ + renewed_; }

  /// What is read now; nothing for PostgreSQL, and where there is no file.
  std::optional<FileIdentity> file() const;

  std::string const& source_name() const { return name_; }

  /// Looks for the schema that AiiDA's tables are in; empty, where there are none. Statements read what is in the one
  /// that was found first. Error source_refused, and as of read().
  Result<std::string> find_schema();

  /// Which that is.
  std::string schema() const { return factory_.schema().get(); }

 private:
  template <typename Choose>
  Result<std::optional<Rows>> read_chosen(Choose const& choose, std::stop_token const& gone);

  std::string const name_;
  std::string const path_;  // of a file; else empty
  sql::Dialect const& dialect_;
  Times const times_;
  ConnectionFactory const factory_;
  std::shared_ptr<std::atomic<unsigned>> opened_;
  ConnectionPool pool_;
  unsigned renewed_ = 0;  // times that a file was opened again
  bool has_schema_ = false;
};

}  // namespace restapi::store
