// SPDX-License-Identifier: MIT
/// How the connections of a store are made. Owns all that is needed for it, because a thread that makes one may outlive
/// the store (store/connection_pool.hpp).
#pragma once

#include <atomic>
#include <chrono>
#include <memory>

#include "source/hosts.hpp"
#include "source/source.hpp"
#include "store/connection.hpp"
#include "store/postgresql/schema_choice.hpp"
#include "store/servers_met.hpp"

namespace restapi::store {

/// Any thread may call.
class ConnectionFactory {
 public:
  /// `are_primaries`: see ServersMet.
  ConnectionFactory(source::Source source, std::chrono::milliseconds statement_timeout, bool are_primaries);

  /// For a request that waits: begins with the host that worked last. If a host accepts the connection and then fails,
  /// the next one is tried. Throws soci_error. May block for ever.
  std::unique_ptr<Connection> now() const;

  /// To replace an old connection, for which nobody waits: begins with the first host. Throws soci_error. May block for
  /// ever.
  std::unique_ptr<Connection> anew() const { return open(hosts_->first()); }

  /// New connections begin with another host than that of this one, which has failed, and find out anew who is there.
  void avoid(Connection const& connection) const;

  bool has_several_hosts() const { return hosts_->count() > 1; }

  /// Whether connections have led to several servers, whatever the source says; and the life of the one there is. Known
  /// before the connection that shows it is used.
  bool has_met_several_servers() const { return servers_->are_several(); }
  std::uint64_t life() const { return servers_->life(); }

  /// Whether connections lead to a pooler, which is found out with the first one.
  bool is_pooled() const { return *pooling_ == Pooling::found; }

  /// Where connections look for AiiDA's tables, as soon as they prepare something.
  SchemaName& schema() const { return *schema_; }

 private:
  enum class Pooling { unknown, none, found };

  std::unique_ptr<Connection> open(std::string location) const;
  source::Source at(std::string const& location) const;
  std::uint64_t meet(Server const& server) const;
  void found_pooling(bool is_there) const;

  source::Source source_;
  std::chrono::milliseconds statement_timeout_;
  std::shared_ptr<Watchdog> watchdog_;
  std::shared_ptr<HeapShare> memory_;
  std::shared_ptr<source::HostChoice> hosts_;
  std::shared_ptr<ServersMet> servers_;
  std::shared_ptr<SchemaName> schema_;
  std::shared_ptr<std::atomic<Pooling>> pooling_;
};

}  // namespace restapi::store
