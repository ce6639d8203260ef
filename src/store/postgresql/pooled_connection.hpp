// SPDX-License-Identifier: MIT
/// A connection to a pooler (PgBouncer, Odyssey, …), which lends the sessions of a server for one transaction or one
/// statement each. Whatever a session keeps meets whoever gets it next: a setting, the name of a prepared statement. So
/// nothing is left in one: each read is one round trip, which a server takes for one transaction, and in which settings
/// and statements end with it.
#pragma once

#include <memory>
#include <string>

#include "source/source.hpp"
#include "store/connection.hpp"
#include "store/postgresql/connection.hpp"
#include "store/postgresql/row_cursor.hpp"
#include "store/postgresql/schema_choice.hpp"

namespace restapi::store {

class PooledConnection final : public Connection {
 public:
  /// Opens it. Throws soci_error. May block for as long as the other side likes.
  PooledConnection(source::Source const& source, std::chrono::milliseconds statement_timeout,
                   std::shared_ptr<Watchdog> watchdog, std::shared_ptr<SchemaName const> schema);
  ~PooledConnection() override;

  Rows read(sql::Statement const& statement, ReadLimits limits) override;
  std::vector<Rows> read_together(std::span<sql::Statement const* const> statements, ReadLimits limits) override;
  Rows first_batch(sql::Statement const& statement, ReadLimits limits) override;
  Rows next_batch(ReadLimits limits) override;
  Failure why_failed(soci::soci_error const& error) override;

  /// Host and port alone: each transaction may meet another one.
  Server server() const override;
  std::optional<std::string> search_path() const override { return search_path_; }
  bool is_usable() const override { return is_usable_; }

 private:
  class Round;

  template <class Read>
  Rows read_batch(ReadLimits limits, Read const& read);

  std::string settings_;
  std::optional<std::string> search_path_;
  std::shared_ptr<SchemaName const> const schema_;
  OwnedConnection const connection_;
  Watched watched_;
  bool is_usable_ = true;
  RowCursor cursor_;               // of a statement that is read in batches
  std::size_t largest_batch_ = 0;  // of its rows, in bytes
};

}  // namespace restapi::store
