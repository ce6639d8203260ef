// SPDX-License-Identifier: MIT
#include "observation/slow_requests.hpp"

#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include <iterator>

namespace restapi::observation {

using Milliseconds = std::chrono::duration<double, std::milli>;

std::string slow_line(http::Finished const& finished) {
  auto const& trace = finished.trace;
  auto line = fmt::format("request {}: {} {} in {:.0f} ms (queue {:.1f} ms", finished.id,
                          trace.route.empty() ? "no route" : trace.route, finished.status,
                          Milliseconds(finished.took).count(), Milliseconds(trace.stages.queue).count());
  for (auto const& [name, took] : trace.statements)
    fmt::format_to(std::back_inserter(line), ", {} {:.1f} ms", name, Milliseconds(took).count());
  return line + ")";
}

void SlowRequests::on_finished(http::Finished const& finished) {
  if (finished.took >= limit_ && !finished.trace.waited) spdlog::warn("slow {}", slow_line(finished));
}

}  // namespace restapi::observation
