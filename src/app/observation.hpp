// SPDX-License-Identifier: MIT
/// Everything that watches the server, put together from the options: logs, metrics, and the port where machines ask
/// for them.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "app/feed_metrics.hpp"
#include "config/options.hpp"
#include "http/observer.hpp"
#include "store/store_keeper.hpp"

namespace restapi::observation {
class Metrics;
}  // namespace restapi::observation

namespace restapi::app {

/// One thread, but for the observer.
class Observation {
 public:
  /// Opens the access log. Throws std::runtime_error with one sentence when that cannot be done. The stores must
  /// outlive it. `objection_to_log`: observation/log_file.hpp.
  Observation(config::Options const& options, store::StoreKeeper const& stores,
              std::function<std::string(std::string const& path)> objection_to_log);
  ~Observation();

  /// For the server that is watched.
  http::Observer& observer();

  /// For further numbers, before start(); what they are read from must live until stop(). Null: there is no admin port.
  observation::Metrics* metrics();

  /// The live feeds of the profiles, before start().
  void watch(Feeds const& feeds);

  /// Opens the admin port, if the options name one, and returns it. Throws std::runtime_error like HttpServer::start().
  std::optional<std::uint16_t> start();

  /// Writes what is gathered for the access log, if that takes no longer than a second.
  void flush();

  /// Opens the access log anew.
  void reopen();

  /// /ready is 503 from here on.
  void drain();

  /// Closes the admin port. The observer stays.
  void stop();

 private:
  struct Parts;
  std::unique_ptr<Parts> parts_;
};

}  // namespace restapi::app
