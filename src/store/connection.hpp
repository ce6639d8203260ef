// SPDX-License-Identifier: MIT
/// One database connection. Used by one thread at a time; the pool sees to that.
///
/// Two kinds: a SociConnection has a session of its own, with prepared statements; a PooledConnection leads to a
/// pooler, which hands out sessions for moments.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "sql/statement.hpp"
#include "store/driver.hpp"
#include "store/rows.hpp"

namespace restapi::store {

/// Whether there is a row so large that libpq's buffer, which never shrinks, has grown too much by it: the connection
/// is not used again.
bool has_grown_by(Rows const& rows);

/// Bytes of rows that a statement may have, all together or in one batch.
inline std::size_t largest_of(sql::Statement const& statement) {
  return statement.is_for_document() ? largest_rows : largest_list;
}

class Connection {
 public:
  Connection() = default;
  virtual ~Connection() = default;  ///< waits for nobody
  Connection(Connection const&) = delete;
  Connection& operator=(Connection const&) = delete;

  /// Throws soci_error, also where the rows are more than largest_rows or largest_list, or than the memory of the
  /// limits has room for. All rows are of one state of the data; where a file has changed since it was opened, it is
  /// opened again first.
  virtual Rows read(sql::Statement const& statement, ReadLimits limits) = 0;

  /// Several statements in one round trip: the rows of the first so many, up to one that fails; of none where the
  /// engine has no way to do so. The limits are for all of them together. After a throw the connection is of no more
  /// use.
  virtual std::vector<Rows> read_together(std::span<sql::Statement const* const> statements, ReadLimits limits) = 0;

  /// A statement that is read in batches (store/row_stream.hpp), all of one state of the data: its first rows. From
  /// then on the connection is of use for next_batch() alone. Throws soci_error. The limits are for this batch.
  virtual Rows first_batch(sql::Statement const& statement, ReadLimits limits) = 0;

  /// None: that was all. After a throw the connection is of no more use.
  virtual Rows next_batch(ReadLimits limits) = 0;

  /// Between two batches: throws soci_error where the statement must end, for somebody who has waited to write.
  virtual void look_between_batches() {}

  /// Right after a read has thrown: why.
  virtual Failure why_failed(soci::soci_error const& error) = 0;

  /// How often it has been opened again. The state of the session is no older than that.
  virtual unsigned times_renewed() const { return 0; }

  /// Where it leads to.
  virtual Server server() const = 0;

  /// What the source asks for with `options=-csearch_path=…`, where a pooler may have passed it over. Nothing where the
  /// server has heard of it, or where nothing is asked for.
  virtual std::optional<std::string> search_path() const { return std::nullopt; }

  /// False after a read whose connection was cut, even if its rows had come, or has grown by them: to be closed, not
  /// used again.
  virtual bool is_usable() const = 0;

  /// The life of its server (ServersMet).
  std::uint64_t life() const { return life_; }
  void belong_to(std::uint64_t life) { life_ = life; }

 private:
  std::uint64_t life_ = 0;
};

}  // namespace restapi::store
