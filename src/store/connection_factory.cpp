// SPDX-License-Identifier: MIT
#include "store/connection_factory.hpp"

#include <soci/error.h>
#include <spdlog/spdlog.h>

#include <utility>

#include "store/postgresql/connection.hpp"
#include "store/postgresql/pooled_connection.hpp"
#include "store/postgresql/watchdog.hpp"
#include "store/soci_connection.hpp"
#include "store/sqlite/sandbox.hpp"

namespace restapi::store {

ConnectionFactory::ConnectionFactory(source::Source source, std::chrono::milliseconds statement_timeout,
                                     bool are_primaries)
    : source_(std::move(source)), statement_timeout_(statement_timeout) {
  source_.keep.reset();  // who outlives the store must not keep its file
  bool const is_postgresql = source_.engine == source::Engine::postgresql;
  if (is_postgresql)
    watchdog_ = std::make_shared<Watchdog>();
  else
    memory_ = HeapShare::create();
  servers_ = std::make_shared<ServersMet>(are_primaries);
  schema_ = std::make_shared<SchemaName>(is_postgresql ? "public" : "main");
  pooling_ = std::make_shared<std::atomic<Pooling>>(is_postgresql ? Pooling::unknown : Pooling::none);
  hosts_ = std::make_shared<source::HostChoice>(is_postgresql ? source_.location : std::string());
}

source::Source ConnectionFactory::at(std::string const& location) const {
  auto source = source_;
  if (has_several_hosts()) source.location = location;
  return source;
}

std::unique_ptr<Connection> ConnectionFactory::open(std::string location) const {
  // SOCI sets something as soon as it has a connection, and through a pooler that would be somebody else's session. So
  // the first look is another one's.
  if (*pooling_ == Pooling::unknown) {
    auto connection = connect(with_time_limits(at(location).location));
    Greeting greeting;
    Watched(connection.get(), watchdog_, statement_timeout_).introduce([&] { greeting = greet(connection.get()); });
    hosts_->succeeded(greeting.server.host, greeting.server.port);
    meet(greeting.server);
    if (!greeting.is_pooled) leave(std::move(connection));
    found_pooling(greeting.is_pooled);
    location = hosts_->location();
  }
  std::unique_ptr<Connection> connection;
  if (*pooling_ == Pooling::none) {
    try {
      connection =
          std::make_unique<SociConnection>(make_driver(at(location), statement_timeout_, watchdog_, memory_), schema_);
    } catch (BehindPooler const&) {
      found_pooling(true);
    }
  }
  if (!connection)
    connection = std::make_unique<PooledConnection>(at(location), statement_timeout_, watchdog_, schema_);
  auto const server = connection->server();
  hosts_->succeeded(server.host, server.port);
  if (!server.started.empty()) connection->belong_to(meet(server));
  return connection;
}

std::uint64_t ConnectionFactory::meet(Server const& server) const {
  bool const were_several = servers_->are_several();
  auto const life = servers_->met(server);
  if (!were_several && servers_->are_several())
    spdlog::info(
        "{}: connections have led to several servers, or to a standby that has become the primary and was started "
        "again; nothing is cached from now on until restapi is started again",
        source_.name);
  return life;
}

void ConnectionFactory::found_pooling(bool is_there) const {
  auto unknown = Pooling::unknown;
  if (!is_there) pooling_->compare_exchange_strong(unknown, Pooling::none);
  // Once there, for ever: what goes through a pooler goes without one as well.
  if (!is_there || pooling_->exchange(Pooling::found) == Pooling::found) return;
  spdlog::info(
      "{}: the connections are a pooler's, so each read is a transaction of its own and nothing is cached; a "
      "connection to PostgreSQL itself is faster",
      source_.name);
}

// libpq goes on to the next host where one does not answer, but not where one refuses, or ends while it is being
// stopped (PostgreSQL 15, 34.1.1.3).
std::unique_ptr<Connection> ConnectionFactory::now() const {
  for (std::size_t others = hosts_->count();; --others) {
    auto const location = hosts_->location();
    try {
      return open(location);
    } catch (soci::soci_error const&) {
      hosts_->refused(location);
      if (others <= 1) throw;
    }
  }
}

void ConnectionFactory::avoid(Connection const& connection) const {
  auto const server = connection.server();
  hosts_->failed(server.host, server.port);
  auto known = Pooling::none;  // something else may be there now
  if (source_.engine == source::Engine::postgresql) pooling_->compare_exchange_strong(known, Pooling::unknown);
}

std::unique_ptr<Driver> make_driver(source::Source const& source, std::chrono::milliseconds statement_timeout,
                                    std::shared_ptr<Watchdog> watchdog, std::shared_ptr<HeapShare> memory) {
  return source.engine == source::Engine::postgresql
             ? make_postgresql_driver(source, statement_timeout, std::move(watchdog))
             : make_sqlite_driver(source, std::move(memory));
}

}  // namespace restapi::store
