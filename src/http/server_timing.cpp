// SPDX-License-Identifier: MIT
#include "http/server_timing.hpp"

#include <fmt/format.h>

#include <iterator>

namespace restapi::http {
std::string server_timing(Trace const& trace, std::chrono::nanoseconds total) {
  std::string text;
  auto const add = [&](std::string_view name, std::chrono::nanoseconds took) {
    fmt::format_to(std::back_inserter(text), "{};dur={:.3f}, ", name,
                   std::chrono::duration<double, std::milli>(took).count());
  };
  add("queue", trace.stages.queue);
  add("plan", trace.stages.plan);
  for (auto const& statement : trace.statements) add(statement.name, statement.took);
  add("render", trace.stages.render);
  if (trace.origin == Origin::cached) text += "remembered, ";
  add("total", total);
  text.resize(text.size() - 2);
  return text;
}

}  // namespace restapi::http
