/// One database connection with its prepared statements. Used by one thread at a time; the pool sees to that.
#pragma once

#include <memory>
#include <string_view>

#include "sql/statement.hpp"
#include "store/driver.hpp"
#include "store/rows.hpp"

namespace restapi::store {

/// What one answer may hold, in bytes: the largest document that PostgreSQL keeps as jsonb. Larger is only what
/// somebody has made large.
inline constexpr std::size_t largest_rows = std::size_t{256} << 20;

class Connection {
 public:
  /// Opens it. Throws soci_error. May block for as long as the other side likes.
  explicit Connection(std::unique_ptr<Driver> driver);
  ~Connection();  ///< waits for nobody

  Connection(Connection const&) = delete;
  Connection& operator=(Connection const&) = delete;

  /// Prepares the statement the first time its text is seen, then reuses it. Throws soci_error, also where the rows
  /// are more than largest_rows.
  Rows read(sql::Statement const& statement, Patience patience);

  /// Right after read() has thrown: why.
  Failure why_failed(soci::soci_error const& error);

  /// Where it leads to.
  Server server() const;

  /// False after a read() whose connection was cut, even if its rows had come: to be closed, not used again.
  bool is_usable() const;

 private:
  class Prepared;
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace restapi::store
