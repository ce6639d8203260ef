// SPDX-License-Identifier: MIT
#include "api/slow_requests.hpp"

#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include <iterator>

namespace restapi::api {

using Milliseconds = std::chrono::duration<double, std::milli>;

std::string slow_line(Finished const& finished) {
  auto const& account = finished.account;
  auto line = fmt::format("request {}: {} {} in {:.0f} ms (queue {:.1f} ms", finished.id,
                          account.route.empty() ? "no route" : account.route, finished.status,
                          Milliseconds(finished.took).count(), Milliseconds(account.stages.queue).count());
  for (auto const& [name, took] : account.statements)
    fmt::format_to(std::back_inserter(line), ", {} {:.1f} ms", name, Milliseconds(took).count());
  return line + ")";
}

void SlowRequests::on_finished(Finished const& finished) {
  if (finished.took >= limit_) spdlog::warn("slow {}", slow_line(finished));
}

}  // namespace restapi::api
