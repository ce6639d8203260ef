// SPDX-License-Identifier: MIT
/// The process as the kernel sees it, under the names that all Prometheus clients use (process_resident_memory_bytes
/// …).
#pragma once

#include "observation/metrics.hpp"

namespace restapi::observation {

/// Adds them, and restapi_build_info. Numbers that /proc does not tell are 0.
void add_process_metrics(Metrics& metrics);

}  // namespace restapi::observation
