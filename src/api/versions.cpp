// SPDX-License-Identifier: MIT
#include "api/versions.hpp"

#include "api/v2/version.hpp"

namespace restapi::api {

std::span<ApiVersion const* const> versions() {
  static ApiVersion const* const rows[] = {&v2::version()};
  return rows;
}

ApiVersion const& version_of(std::span<ApiVersion const* const> versions, std::string_view path) {
  for (auto const* version : versions) {
    auto const prefix = version->prefix();
    auto const rest = path.substr(std::min(path.size(), prefix.size()));
    if (path.starts_with(prefix) && (rest.empty() || rest.front() == '/' || rest.front() == '?')) return *version;
  }
  return *versions.front();
}

}  // namespace restapi::api
