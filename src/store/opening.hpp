/// How the connections of a store are made: everything that takes, because a thread that makes one may outlive the
/// store (store/connection_pool.hpp).
#pragma once

#include <chrono>
#include <memory>

#include "store/connection.hpp"
#include "store/hosts.hpp"
#include "store/source.hpp"

namespace restapi::store {

/// Any thread may call.
class Opening {
 public:
  Opening(Source source, std::chrono::milliseconds statement_timeout);

  /// For whoever waits: begins with the host that worked last. One that takes the connection, and then fails, is not
  /// the last word either. Throws soci_error. May block for ever.
  std::unique_ptr<Connection> now() const;

  /// For nobody in particular: begins with the first host. Throws soci_error. May block for ever.
  std::unique_ptr<Connection> anew() const { return open(hosts_->first()); }

  /// New connections begin with another host than that of this one, which has failed.
  void avoid(Connection const& connection) const;

  bool has_several_hosts() const { return hosts_->count() > 1; }

  /// Whether connections have led to several servers, whatever the source says. Known before the connection that shows
  /// it is used.
  bool has_met_several_servers() const { return servers_->are_several(); }

 private:
  std::unique_ptr<Connection> open(std::string const& location) const;

  Source source_;
  std::chrono::milliseconds statement_timeout_;
  std::shared_ptr<Watchdog> watchdog_;
  std::shared_ptr<MemoryShare> memory_;
  std::shared_ptr<HostChoice> hosts_;
  std::shared_ptr<ServersMet> servers_;
};

}  // namespace restapi::store
