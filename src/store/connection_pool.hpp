/// Connections, opened as needed up to a limit, lent to one thread at a time. Any thread may call.
#pragma once

#include <chrono>
#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <vector>

#include "store/connection.hpp"

namespace restapi::store {

class ConnectionPool {
 public:
  using Open = std::function<std::unique_ptr<Connection>()>;  ///< throws soci_error

  ConnectionPool(std::size_t limit, Open open) : limit_(limit), open_(std::move(open)) {}

  /// Gives the connection back when it goes, or closes it if it was marked as lost or the pool has been renewed.
  class Lease {
   public:
    Lease(ConnectionPool& pool, std::unique_ptr<Connection> connection, std::size_t renewals)
        : pool_(pool), connection_(std::move(connection)), renewals_(renewals) {}
    Lease(Lease const&) = delete;
    Lease& operator=(Lease const&) = delete;
    ~Lease() { pool_.give_back(std::move(connection_), renewals_); }
    Connection& operator*() const { return *connection_; }
    Connection* operator->() const { return connection_.get(); }

    /// The connection died: it is closed, and so are the idle ones, which have probably met the same fate.
    void lost();

   private:
    ConnectionPool& pool_;
    std::unique_ptr<Connection> connection_;
    std::size_t renewals_;
  };

  /// Waits at most so long for a free connection; nothing when none came. Throws soci_error when a new one cannot be
  /// opened.
  std::optional<Lease> acquire(std::chrono::milliseconds timeout);

  /// Every connection opened so far has been lent for the last time: the idle ones are closed, the others when they
  /// come back.
  void renew();

 private:
  void give_back(std::unique_ptr<Connection> connection, std::size_t renewals);

  std::size_t const limit_;
  Open const open_;
  std::mutex mutex_;
  std::condition_variable freed_;
  std::vector<std::unique_ptr<Connection>> idle_;
  std::size_t lent_ = 0;
  std::size_t renewals_ = 0;
};

}  // namespace restapi::store
