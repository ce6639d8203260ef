// SPDX-License-Identifier: MIT
#include "api/versions.hpp"

#include "api/v2/version.hpp"
#include "api/v4/version.hpp"

namespace restapi::api {

std::span<ApiVersion const* const> versions(Posting posting) {
  static ApiVersion const* const all[] = {&v2::version(), &v4::version()};
  static ApiVersion const* const without_posting[] = {&v2::version(), &v4::version_without_posting()};
  return posting == Posting::allowed ? all : without_posting;
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
