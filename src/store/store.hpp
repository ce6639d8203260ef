// SPDX-License-Identifier: MIT
/// Where rows come from. A store is read-only because of the way in which it is opened: PostgreSQL's transactions are
/// read-only, SQLite files are opened read-only.
#pragma once

#include <chrono>
#include <memory>
#include <optional>
#include <span>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "model/catalog.hpp"
#include "repository/object.hpp"
#include "source/source.hpp"
#include "sql/dialect.hpp"
#include "sql/statement.hpp"
#include "store/changes/change_source.hpp"
#include "store/counts.hpp"
#include "store/row_stream.hpp"
#include "store/rows.hpp"
#include "store/version.hpp"

namespace restapi::store {

/// What whoever reads for an answer needs: rows, and how to ask for them.
class Reader {
 public:
  virtual ~Reader() = default;

  /// Any thread may call, many at once; waits for a free connection and for the rows, each for a limited time.
  /// Errors: store_unavailable, store_too_slow, store_failed, store_damaged, answer_too_large (more than
  /// largest_rows), overloaded (no memory for them), cancelled. The database's own words go to the log, never
  /// here. A statement whose connection is lost, or which the server interrupts, is tried again, up to four times
  /// within a third of a second, because one VACUUM of the primary may interrupt it on a standby more than once
  /// (PostgreSQL 15, 27.4.2). Where the source has several hosts, from the third try on with another one, if that can
  /// be reached. No third try begins after the time that one statement may take. `gone`: once stop is requested, nobody
  /// waits for the rows, and the statement is cancelled (Code::cancelled); where it has been requested before, nothing
  /// is sent.
  virtual Result<Rows> read(sql::Statement const& statement, std::stop_token gone = {}) = 0;

  virtual sql::Dialect const& dialect() const = 0;

  /// The state that a read which starts now would see. Where two versions agree about the tables that are read, not one
  /// transaction that changed these has ended in between, so what was read between them, or under such a version at any
  /// other time, is exactly right.
  /// Nothing where the store cannot prove that: a PostgreSQL standby, which replays other people's transactions,
  /// several servers behind one source, of which some may be standbys, and a pooler, which hides the server's crashes.
  /// Costs one small statement (PostgreSQL), a look at the file's change counter (SQLite), nothing (archives). Waits
  /// about a second at most, and less often than it is called while the database is silent.
  virtual Result<std::optional<Version>> version() = 0;

  /// Whether what has been read may be cached under a Store::version() that came before it. False once connections
  /// have led to several servers, from before the first row that another one has given, and for ever. Any thread.
  virtual bool has_versions() const = 0;
};

class Store : public Reader {
 public:
  /// The files of nodes; null: this database comes without them. Lives as long as the store.
  virtual repository::Objects* files() const { return nullptr; }

  /// Whether the database answers its smallest statement within about so long. False at once shortly after it was found
  /// silent. Any thread.
  virtual bool answers(std::chrono::milliseconds /*within*/, std::stop_token gone) {
    return static_cast<bool>(read(dialect().version(), std::move(gone)));
  }

  /// Several small statements in one round trip: costs the database half as much as one by one, and this process less,
  /// too. Waits about a second at most for all of them. The rows of the first so many, up to one that failed or took
  /// too long; the others are to be read one by one, which tells why.
  virtual std::vector<Rows> read_together(std::span<sql::Statement const* const>) { return {}; }

  /// All rows of the statement, however many (store/row_stream.hpp), over a connection of its own: a slow reader does
  /// not hold one that others wait for. Opens it and waits for the first rows; what fails up to then is tried again, as
  /// by read(). Errors: as read(), and overloaded where most_streams are being read. `gone` holds for all batches. What
  /// is given back must not outlive the store. Any thread.
  virtual Result<std::unique_ptr<RowStream>> stream(sql::Statement const&, std::stop_token const& /*gone*/ = {}) {
    return Error{Code::store_failed, "this database cannot be read bit by bit"};
  }

  static constexpr unsigned most_streams = 4;

  /// Whether read_together() is of use. Any thread.
  virtual bool reads_together() const { return false; }

  /// Whether version() asks the database. Any thread.
  virtual bool asks_for_version() const { return true; }

  /// Whether the database has other tables or columns than when it was opened, which can be served, so that the catalog
  /// is wrong: known from a look at the columns after a statement has failed for want of one, with store_unavailable,
  /// and now and then. For ever: it is to be opened anew. So it is where its file has been gone for a while. Any
  /// thread.
  virtual bool is_outdated() const { return false; }

  /// For metrics. Any thread; takes a lock for a moment.
  virtual StoreCounts counts() const { return {}; }

  /// For metrics, of PostgreSQL. Any thread; does not wait for the database, but has it asked every few seconds from
  /// now on for a minute. Nothing where it is not known, which it is not at first.
  virtual std::optional<Replication> replication() const { return std::nullopt; }

  virtual model::Catalog const& catalog() const = 0;

  /// Whether a table of AiiDA's, which the catalog need not have, was there and readable when the database was opened:
  /// "db_dbcomment". Any thread.
  virtual bool has_table(std::string_view) const { return true; }

  /// How the changes of the database are learnt, over a connection of its own. What is given back must not outlive the
  /// store. Error source_refused where they cannot be learnt.
  virtual Result<std::unique_ptr<ChangeSource>> changes() {
    return Error{Code::source_refused, "its changes cannot be told"};
  }
};

struct StoreOptions {
  unsigned connections = 4;                             ///< opened as needed, at most so many
  std::chrono::milliseconds statement_timeout{30'000};  ///< beyond: store_too_slow
  std::chrono::milliseconds connection_timeout{5'000};  ///< waiting for a free connection; beyond: store_unavailable
  std::chrono::milliseconds opening_timeout{10'000};    ///< connecting and the first words; beyond: not counted on
  /// Where the source has several hosts: older connections are replaced by new ones, which begin with the first host.
  /// So load that had to go elsewhere comes back.
  std::chrono::milliseconds connection_lifetime{300'000};
  std::shared_ptr<MemoryBudget> memory = {};  ///< of all rows that are read; null: without limit. Beyond: overloaded
  WantedSource changes = WantedSource::automatic;  ///< of which changes() tells
  /// At the columns that there are. A statement that fails for want of one says so at once; this is for new ones.
  std::chrono::milliseconds between_looks{1'000};
};

/// Opens the source and reads which columns it has. Error source_refused, in one sentence for the person at the
/// terminal: server unreachable, no AiiDA tables, not a database; with Error::lasting where it stays so.
Result<std::shared_ptr<Store>> open_store(source::Source const& source, StoreOptions const& options);

}  // namespace restapi::store
