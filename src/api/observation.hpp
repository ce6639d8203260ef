// SPDX-License-Identifier: MIT
/// Everything that watches the server, put together from the options: logs, metrics, and the port where machines ask
/// for them.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>

#include "api/observer.hpp"
#include "api/options.hpp"
#include "store/store_keeper.hpp"

namespace restapi::api {

class Metrics;

/// One thread, but for the observer.
class Observation {
 public:
  /// Opens the access log. Throws std::runtime_error with one sentence when that cannot be done. The stores must
  /// outlive it.
  Observation(Options const& options, store::StoreKeeper const& stores);
  ~Observation();

  /// For the server that is watched.
  Observer& observer();

  /// For more numbers, before start(); who is asked for them must live until stop(). Null: nobody could ask.
  Metrics* metrics();

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

}  // namespace restapi::api
