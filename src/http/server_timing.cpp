// SPDX-License-Identifier: MIT
#include "http/server_timing.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>

#include "base/ascii.hpp"

namespace restapi::http {
namespace {

constexpr std::string_view preference = "server-timing";

bool is_same_token(std::string_view token, std::string_view lower) {
  return std::ranges::equal(token, lower, {}, ascii_lower);
}

/// RFC 7240 §2: preferences are separated by commas; a value (`=`) or parameters (`;`) may follow the name. A comma in
/// a quoted value splits it, which does no harm: no piece of it is a preference of ours.
bool names_preference(std::string_view list) {
  while (!list.empty()) {
    auto const item = list.substr(0, list.find(','));
    list.remove_prefix(std::min(list.size(), item.size() + 1));
    if (is_same_token(trimmed(item.substr(0, item.find_first_of(";="))), preference)) return true;
  }
  return false;
}

}  // namespace

bool prefers_server_timing(std::vector<Header> const& headers) {
  return std::any_of(headers.begin(), headers.end(), [](Header const& header) {
    return is_same_token(header.first, "prefer") && names_preference(header.second);
  });
}

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
