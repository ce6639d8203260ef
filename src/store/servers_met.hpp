// SPDX-License-Identifier: MIT
/// Which servers a source's connections lead to, by what the servers say of themselves. Behind one address there may be
/// several (a balancer, a service of Kubernetes), and one may have several addresses, so addresses say nothing.
///
/// The version of the data that one server gives says nothing about the rows of another one, which may be a standby
/// that lags behind. A server that is started again is another one, too, but takes the place of the one before for
/// good, so there is one *life* after the other: what was read in the current one is right, and connections of earlier
/// ones are of no more use.
#pragma once

#include <atomic>
#include <cstdint>
#include <mutex>
#include <string>
#include <vector>

namespace restapi::store {

/// Host and port as libpq names them; the rest is what the server says of itself.
struct Server {
  std::string host, port;
  std::string system;   ///< the identifier of the database cluster, also its standbys'; empty where it is a secret
  std::string started;  ///< to the microsecond; empty where nothing is known
  bool is_standby = false;
};

/// Any thread.
class ServersMet {
 public:
  /// `are_primaries`: by the way connections are made, so that a server of another kind takes the place of one.
  explicit ServersMet(bool are_primaries) : are_primaries_(are_primaries) {}

  /// Called with each new connection before it is used: the life that it belongs to.
  std::uint64_t met(Server const& server);

  std::uint64_t life() const { return life_; }  ///< the current one

  /// Several servers are there at once: one was met again after another one, or they cannot be lives of one. Once true,
  /// for ever.
  bool are_several() const { return are_several_; }

 private:
  bool const are_primaries_;
  std::mutex mutex_;
  std::vector<Server> met_;  // in their order
  std::atomic<std::uint64_t> life_ = 0;
  std::atomic<bool> are_several_ = false;
};

}  // namespace restapi::store
