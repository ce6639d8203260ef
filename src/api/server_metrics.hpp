/// What the HTTP server and the store count, for Prometheus.
#pragma once

#include "api/http_server.hpp"
#include "api/metrics.hpp"
#include "store/store.hpp"

namespace restapi::api {

/// Both must outlive every text() of the metrics.
void add_server_metrics(Metrics& metrics, HttpServer const& server);
void add_store_metrics(Metrics& metrics, store::Store const& store, std::string const& profile);

}  // namespace restapi::api
