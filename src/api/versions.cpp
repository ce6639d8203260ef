// SPDX-License-Identifier: MIT
#include "api/versions.hpp"

#include "api/pages/version.hpp"
#include "api/v2/version.hpp"
#include "api/v4/version.hpp"

namespace restapi::api {

namespace {

template <bool is_live>
std::span<ApiVersion const* const> with_pages(bool posting) {
  static ApiVersion const* const all[] = {&pages::version<v2::version, is_live>(),
                                          &pages::version<v4::version, is_live>()};
  static ApiVersion const* const only_reading[] = {&pages::version<v2::version, is_live>(),
                                                   &pages::version<v4::version_without_posting, is_live>()};
  return posting ? all : only_reading;
}

}  // namespace

std::span<ApiVersion const* const> versions(Offered offered) {
  static ApiVersion const* const all[] = {&v2::version(), &v4::version()};
  static ApiVersion const* const only_reading[] = {&v2::version(), &v4::version_without_posting()};
  if (offered.pages) return offered.feed ? with_pages<true>(offered.posting) : with_pages<false>(offered.posting);
  return offered.posting ? all : only_reading;
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
