#include "store/opening.hpp"

#include <soci/error.h>

#include <utility>

#include "store/sqlite_sandbox.hpp"
#include "store/watchdog.hpp"

namespace restapi::store {

Opening::Opening(Source source, std::chrono::milliseconds statement_timeout)
    : source_(std::move(source)), statement_timeout_(statement_timeout) {
  source_.keep.reset();  // who outlives the store must not keep its file
  bool const is_postgresql = source_.engine == Engine::postgresql;
  if (is_postgresql)
    watchdog_ = std::make_shared<Watchdog>();
  else
    memory_ = MemoryShare::create();
  servers_ = std::make_shared<ServersMet>();
  hosts_ = std::make_shared<HostChoice>(is_postgresql ? source_.location : std::string());
}

std::unique_ptr<Connection> Opening::open(std::string const& location) const {
  auto source = source_;
  if (has_several_hosts()) source.location = location;
  auto connection = std::make_unique<Connection>(make_driver(source, statement_timeout_, watchdog_, memory_));
  auto const server = connection->server();
  hosts_->succeeded(server.host, server.port);
  if (source_.engine == Engine::postgresql)
    servers_->met((server.address.empty() ? server.host : server.address) + ' ' + server.port, server.started);
  return connection;
}

// libpq goes on to the next host where one does not answer, but not where one refuses, or ends while it is being
// stopped (PostgreSQL 15, 34.1.1.3).
std::unique_ptr<Connection> Opening::now() const {
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

void Opening::avoid(Connection const& connection) const {
  auto const server = connection.server();
  hosts_->failed(server.host, server.port);
}

std::unique_ptr<Driver> make_driver(Source const& source, std::chrono::milliseconds statement_timeout,
                                    std::shared_ptr<Watchdog> watchdog, std::shared_ptr<MemoryShare> memory) {
  return source.engine == Engine::postgresql ? make_postgresql_driver(source, statement_timeout, std::move(watchdog))
                                             : make_sqlite_driver(source, std::move(memory));
}

}  // namespace restapi::store
