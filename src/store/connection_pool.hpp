// SPDX-License-Identifier: MIT
/// Connections, opened as needed up to a limit, lent to one thread at a time. Any thread may call.
///
/// They are opened on threads of their own: who waits for one waits for a limited time, whatever opening does, and a
/// connection that comes late is kept for others. While the database takes no connections, one attempt at a time is
/// made, and nobody else waits for it: they are told at once, until an attempt has succeeded.
///
/// Where connections have a lifetime, one that comes back older than that is lent on until another one has been opened
/// in its place: nobody waits for that either, and where it cannot be opened the old one stays.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <stop_token>

#include "store/connection.hpp"
#include "store/counts.hpp"

namespace restapi::store {

struct PoolOptions {
  std::size_t limit = 4;                         ///< connections
  std::chrono::milliseconds opening{10'000};     ///< an attempt that has taken longer does not count any more
  std::chrono::milliseconds between_tries{250};  ///< after one that failed
  /// 0: for ever. Each connection's is between three and five quarters of it, so that they do not end together.
  std::chrono::milliseconds lifetime{0};
};

class ConnectionPool {
 public:
  /// Throws soci_error. May block for ever. Called on threads that may outlive the pool: owns what it uses.
  using Open = std::function<std::unique_ptr<Connection>()>;

  /// `open_anew`: opens what takes the place of an old connection; by default as all others. For a moment there is one
  /// connection more than the limit.
  ConnectionPool(PoolOptions options, Open open, Open const& open_anew = {});
  ~ConnectionPool();  ///< requires that nothing is lent; does not wait for connections that are being opened
  ConnectionPool(ConnectionPool const&) = delete;
  ConnectionPool& operator=(ConnectionPool const&) = delete;

  /// Gives the connection back when it goes, or closes it if it is of no more use or the pool has been renewed.
  class Lease {
   public:
    using Clock = std::chrono::steady_clock;

    Lease(ConnectionPool& pool, std::unique_ptr<Connection> connection, Clock::time_point old_at,
          std::uint64_t renewals)
        : pool_(pool), connection_(std::move(connection)), old_at_(old_at), renewals_(renewals) {}
    Lease(Lease const&) = delete;
    Lease& operator=(Lease const&) = delete;
    ~Lease();
    Connection& operator*() const { return *connection_; }
    Connection* operator->() const { return connection_.get(); }

    /// The connection died: it is closed, and so are the idle ones, which have probably met the same fate.
    void lost();

   private:
    ConnectionPool& pool_;
    std::unique_ptr<Connection> connection_;
    Clock::time_point const old_at_;
    std::uint64_t const renewals_;
  };

  /// Waits at most so long for a free connection; nothing when none came, or once `gone` is requested to stop. Throws
  /// soci_error with the database's words when there is no connection and none can be opened.
  std::optional<Lease> acquire(std::chrono::milliseconds limit, std::stop_token const& gone = {});

  /// A connection that nobody needs right now; opens none.
  std::optional<Lease> take_idle();

  /// What opening leads to has changed: no connection whose opening began before this is lent again. The idle ones are
  /// closed, the others when they come back.
  void renew();

  PoolCounts counts() const;

 private:
  struct Shared;
  std::shared_ptr<Shared> const shared_;
};

}  // namespace restapi::store
