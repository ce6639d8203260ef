/// One database connection with its prepared statements. Used by one thread at a time; the pool sees to that.
#pragma once

#include <memory>
#include <span>
#include <string_view>
#include <vector>

#include "sql/statement.hpp"
#include "store/driver.hpp"
#include "store/rows.hpp"

namespace restapi::store {

class Connection {
 public:
  /// Opens it. Throws soci_error. May block for as long as the other side likes.
  explicit Connection(std::unique_ptr<Driver> driver);
  ~Connection();  ///< waits for nobody

  Connection(Connection const&) = delete;
  Connection& operator=(Connection const&) = delete;

  /// Prepares a small statement the first time its text is seen, then reuses it; of these only so many are kept, in
  /// number and in bytes. A large one, or one with large values, is planned each time for the values that it has.
  /// Throws soci_error, also where the rows are more than largest_rows or largest_list, or than the memory of the
  /// patience has room for. All rows are of one state of the data; where a file has changed since it was opened, it is
  /// opened again first.
  Rows read(sql::Statement const& statement, Patience patience);

  /// Several statements in one round trip (Driver::read_together); the patience is for all of them. After a throw the
  /// connection is of no more use.
  std::vector<Rows> read_together(std::span<sql::Statement const* const> statements, Patience patience);

  /// Right after a read has thrown: why.
  Failure why_failed(soci::soci_error const& error);

  /// How often it has been opened again: what the session remembers, it remembers since then.
  unsigned times_renewed() const { return times_renewed_; }

  /// Where it leads to.
  Server server() const;

  /// False after a read whose connection was cut, even if its rows had come, or has grown by them: to be closed, not
  /// used again.
  bool is_usable() const;

 private:
  class Prepared;
  struct State;
  class Begun;

  std::unique_ptr<State> state_;
  unsigned times_renewed_ = 0;
};

}  // namespace restapi::store
