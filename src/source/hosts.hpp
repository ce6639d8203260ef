// SPDX-License-Identifier: MIT
/// Several hosts in one PostgreSQL source: in which order a process tries them.
///
/// libpq tries hosts in their order until one takes the connection (PostgreSQL 15, 34.1.1.3). With the same order
/// everywhere, all servers of a service would use the first host and none the others; so each process has an order of
/// its own, and all connections of a process prefer the same host. `load_balance_hosts=disable` in the source leaves
/// the order as it is written; `random` is the default, other than with libpq.
#pragma once

#include <cstddef>
#include <functional>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "source/postgresql_uri.hpp"

namespace restapi::source {

/// One place in the lists `host`, `hostaddr` and `port`. Empty: libpq's default.
struct Host {
  std::string host, address, port;
  bool operator==(Host const&) const = default;
};

/// The lists, paired as libpq does it: a single port is every host's. Empty where there is no list, or where libpq
/// will refuse the lists because their lengths differ.
std::vector<Host> hosts_of(PostgresqlSettings const& settings);

/// Whether the source leaves the order to us. Error: its load_balance_hosts is neither random nor disable.
Result<bool> may_shuffle_hosts(PostgresqlSettings const& settings);

/// A number below the given one, which is at least 1.
using Random = std::function<std::size_t(std::size_t)>;

/// The same hosts in an order that is as likely as every other one.
PostgresqlSettings shuffle_hosts(PostgresqlSettings settings, Random const& random);

/// Which host new connections begin with. A host that has gone without a word costs each attempt seconds, so whoever
/// waits for a connection gets one from where the last attempt succeeded; only attempts that nobody waits for begin
/// with the first host, and so find out that it is back. Any thread.
class HostChoice {
 public:
  /// `location`: as Source has it.
  explicit HostChoice(std::string location);

  std::size_t count() const { return hosts_.size(); }              ///< 0: no list
  std::string location() const;                                    ///< for whoever waits
  std::string const& first() const { return locations_.front(); }  ///< in the order of the source

  /// A connection to that host came about, or one has failed: `host` and `port` as libpq names them. A host that is
  /// not in the source changes nothing.
  void succeeded(std::string_view host, std::string_view port);
  void failed(std::string_view host, std::string_view port);

  /// Nothing came of an attempt that began there.
  void refused(std::string const& location);

 private:
  std::size_t find(std::string_view host, std::string_view port) const;

  std::vector<Host> hosts_;
  std::vector<std::string> locations_;  // each begins with another host; the order is else the same
  mutable std::mutex mutex_;
  std::size_t chosen_ = 0;
};

}  // namespace restapi::source
