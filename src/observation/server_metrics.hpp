// SPDX-License-Identifier: MIT
/// The metrics of the server, the stores and the program around them, for Prometheus: a row for each in the .cpp.
#pragma once

#include <functional>

#include "http/server.hpp"
#include "observation/metrics.hpp"
#include "store/store_keeper.hpp"

namespace restapi::observation {

/// Both must outlive every text() of the metrics. Stores that are closed count nothing.
void add_server_metrics(Metrics& metrics, http::HttpServer const& server);
void add_store_metrics(Metrics& metrics, store::StoreKeeper const& stores);

/// Numbers of the program's other parts; those that are empty have no metric.
struct ProgramNumbers {
  std::function<double()> log_lines_dropped = {};
  std::function<double()> access_log_lines_dropped = {};
  std::function<double()> cached_bytes = {};   ///< of the response cache
  std::function<double()> answers_bytes = {};  ///< of large answers that are not sent yet
};
void add_program_metrics(Metrics& metrics, ProgramNumbers const& numbers);

}  // namespace restapi::observation
