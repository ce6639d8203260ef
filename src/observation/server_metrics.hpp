// SPDX-License-Identifier: MIT
/// What the HTTP server and the stores count, for Prometheus.
#pragma once

#include "http/server.hpp"
#include "observation/metrics.hpp"
#include "store/store_keeper.hpp"

namespace restapi::observation {

/// Both must outlive every text() of the metrics. Stores that are closed count nothing.
void add_server_metrics(Metrics& metrics, http::HttpServer const& server);
void add_store_metrics(Metrics& metrics, store::StoreKeeper const& stores);

}  // namespace restapi::observation
