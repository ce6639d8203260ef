// SPDX-License-Identifier: MIT
#include "api/versions.hpp"

#include "api/pages/version.hpp"
#include "api/v2/version.hpp"
#include "api/v4/version.hpp"

namespace restapi::api {

std::span<ApiVersion const* const> versions(Offered offered) {
  static ApiVersion const* const all[] = {&v2::version(), &v4::version()};
  static ApiVersion const* const without_posting[] = {&v2::version(), &v4::version_without_posting()};
  static ApiVersion const* const with_pages[] = {&pages::version<v2::version>(), &pages::version<v4::version>()};
  static ApiVersion const* const only_reading[] = {&pages::version<v2::version>(),
                                                   &pages::version<v4::version_without_posting>()};
  if (offered.pages) return offered.posting ? with_pages : only_reading;
  return offered.posting ? all : without_posting;
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
