#include "api/descriptors.hpp"

#include <sys/resource.h>

#include <algorithm>

namespace restapi::api {
namespace {

constexpr std::size_t reserve = 128;
constexpr std::size_t reserve_per_worker = 4;  // SQLite: database, log and index; PostgreSQL: one

/// Where the limit is as good as none, memory is one: a connection takes some 2 KiB of ours, and the kernel's buffers.
constexpr std::size_t most = 65'536;

}  // namespace

std::size_t raise_descriptor_limit() {
  rlimit limit{};
  if (::getrlimit(RLIMIT_NOFILE, &limit) != 0) return 1024;
  auto raised = limit;
  raised.rlim_cur = raised.rlim_max;
  if (::setrlimit(RLIMIT_NOFILE, &raised) == 0) limit = raised;
  return limit.rlim_cur;
}

std::size_t connections_within(std::size_t descriptors, unsigned workers) {
  auto const others = std::min(reserve + reserve_per_worker * workers, descriptors / 2);
  return std::clamp<std::size_t>(descriptors - others, 1, most);
}

}  // namespace restapi::api
