// SPDX-License-Identifier: MIT
#include "net/descriptors.hpp"

#include <sys/resource.h>

#include <algorithm>

namespace restapi::net {
namespace {

constexpr std::size_t least_reserve = 32, most_reserve = 128;

// A connection to an SQLite file has the database, its log and its index; one to PostgreSQL a socket, twice. Beside
// those that are lent there is one more: for the version of a file, or that takes the place of an old one. An archive
// keeps what it was unpacked to.
constexpr std::size_t of_connection = 4;
constexpr std::size_t of_database = of_connection + 2;

// One that is busy with a slow statement leaves another for what takes a moment.
constexpr std::size_t least_connections = 2;

/// Where the limit is as good as none, memory is one: a connection takes some 2 KiB of ours, and the kernel's buffers.
constexpr std::size_t most_clients = 65'536;

}  // namespace

std::size_t raise_descriptor_limit() {
  rlimit limit{};
  if (::getrlimit(RLIMIT_NOFILE, &limit) != 0) return 1024;
  auto raised = limit;
  raised.rlim_cur = raised.rlim_max;
  if (::setrlimit(RLIMIT_NOFILE, &raised) == 0) limit = raised;
  return limit.rlim_cur;
}

Places places_within(std::size_t descriptors, Places const& wanted) {
  auto const reserve = std::min(std::clamp(descriptors / 4, least_reserve, most_reserve), descriptors / 2);
  auto const rest = descriptors - reserve;
  auto const of_each = of_database + of_connection * wanted.connections;
  auto const for_databases = std::min(wanted.databases * of_each, rest / 2);
  auto const databases = std::max<std::size_t>(for_databases / of_each, 1);
  auto const connections = (std::max(for_databases, of_database) - of_database) / of_connection;
  return {std::min({std::max<std::size_t>(rest - for_databases, 1), wanted.clients, most_clients}),
          std::min(databases, wanted.databases),
          std::min(std::max(connections, least_connections), wanted.connections)};
}

}  // namespace restapi::net
