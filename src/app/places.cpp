// SPDX-License-Identifier: MIT
#include "app/places.hpp"

#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <limits>

namespace restapi::app {

Result<net::Places> places_for(config::Options const& options, std::size_t profiles) {
  auto const descriptors = net::raise_descriptor_limit();
  if (descriptors < net::least_descriptors)
    return Error{Code::source_refused,
                 fmt::format("the system allows {} open files, and {} are needed", descriptors, net::least_descriptors),
                 "ulimit -n says how many"};
  auto const limited = options.max_connections > 0;
  net::Places const wanted{limited ? options.max_connections : std::numeric_limits<std::size_t>::max(),
                           std::min<std::size_t>(profiles, options.max_open), options.threads};
  auto const places = net::places_within(descriptors, wanted);
  auto const warn = [](std::size_t room, std::size_t asked, char const* what) {
    if (room < asked) spdlog::warn("the limit on open files leaves room for {} {}, not {}", room, what, asked);
  };
  if (limited) warn(places.clients, wanted.clients, "connections");
  warn(places.databases, wanted.databases, "open databases");
  warn(places.connections, wanted.connections, "connections to each database");
  return places;
}

}  // namespace restapi::app
