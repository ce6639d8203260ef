// SPDX-License-Identifier: MIT
/// The rows of one statement over a connection that is opened for it.
#pragma once

#include <atomic>
#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string_view>
#include <utility>

#include "base/error.hpp"
#include "base/stream_place.hpp"
#include "sql/server_encoding.hpp"
#include "sql/statement.hpp"
#include "store/connection_factory.hpp"
#include "store/connection_pool.hpp"
#include "store/row_stream.hpp"

namespace restapi::store {

/// Where there is no place: Code::overloaded.
Error too_many_streams();

/// connect(), begin(), and then it is a RowStream.
class ConnectionStream final : public RowStream {
 public:
  struct Of {
    std::string_view source, statement;   ///< their names; must outlive the stream
    ReadLimits limits;                    ///< of each batch
    std::chrono::milliseconds opening;    ///< a connection that has not come by then does not come
    sql::ServerEncoding const* encoding;  ///< of the database's texts; null: UTF-8
    /// Why a later batch has failed; the store remembers it.
    std::function<Failure(ConnectionPool::Lease&, soci::soci_error const&)> note_failure;
  };

  ConnectionStream(ConnectionFactory const& factory, Of of);

  /// Waits at most so long, or until nobody waits for the rows. False: no connection came. Throws soci_error with the
  /// database's words when there is none.
  bool connect(std::chrono::milliseconds limit);

  /// Requires: connected, and not at the end.
  ConnectionPool::Lease& lease() { return **lease_; }

  /// Reads the first batch, which the first next() gives. Throws soci_error.
  void begin(sql::Statement const& statement);

  /// Counts from now on.
  void take_place(std::unique_ptr<StreamPlace> place) { place_ = std::move(place); }

  Result<Rows> next() override;
  void look() override;

 private:
  Rows in_utf8(Rows rows) const;
  void fail(Failure failure, std::string_view why);
  void fail(soci::soci_error const& error);
  void close();

  Of const of_;
  std::unique_ptr<StreamPlace> place_;
  ConnectionPool pool_;  // of one: a thread opens it, for which nobody waits longer than they like
  std::unique_ptr<std::optional<ConnectionPool::Lease>> lease_;  // a lease cannot be moved; null: closed
  std::optional<Rows> first_;
  std::optional<Error> error_;  // the first
};

}  // namespace restapi::store
