// SPDX-License-Identifier: MIT
/// All profiles of a server behind one address: "/main/api/v2/nodes" is the profile main's, "/api/v2/nodes" the first
/// one's, and "/" lists them, with the reason where one cannot be served.
#pragma once

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "api/profile_numbers.hpp"
#include "api/service.hpp"
#include "api/versions.hpp"
#include "http/application.hpp"
#include "http/server_names.hpp"

namespace restapi::api {

struct SiteOptions {
  std::span<ApiVersion const* const> versions = api::versions();  ///< the first writes what is no profile's
  http::ServerNames names = {};                                   ///< that requests may have in Host
  std::vector<std::string> cors_origins = {};                     ///< of the list at "/"
  std::vector<http::AddressRange> trusted_proxies = {};           ///< as in ServiceOptions
  std::string host = "localhost:5000";                            ///< as in ServiceOptions
};

/// Any thread may call, many at once.
class Site final : public http::Application {
 public:
  /// Requires: at least one service; no two of a name.
  Site(std::vector<std::unique_ptr<Service>> services, SiteOptions options);

  http::Attempt attempt(http::Request const& request, http::Batch& batch, bool may_wait) override;
  http::Reply refuse(Error const& error) override;
  /// Answers who waits for something to happen. Before the server stops.
  void stop_doors() const;

  std::size_t body_limit(http::Request const& head) const override;

 private:
  class PageOfProfiles;

  struct Member {
    std::string prefix;  ///< "/main": a slash and the name, percent-encoded
    Service* service;
  };

  /// The service of the profile that the target names, and where its part of the target begins. Null: it names none.
  std::pair<Service*, Mount> find(std::string_view target) const;
  std::optional<http::Attempt> answer_page(http::Request const& request, Mount mount, Service* service,
                                           http::Batch& batch, bool may_wait) const;
  http::Attempt answer_itself(http::Request const& request) const;
  http::Reply list(http::Request const& request, std::vector<Numbers> const& numbers) const;
  std::optional<Error> refusal_of_all(http::Request const& request) const;

  SiteOptions const options_;
  ApiVersion const& api_ = *options_.versions.front();  // writes the answers where no profile is named
  AccessPolicy const access_;
  std::vector<std::unique_ptr<Service>> const services_;
  mutable ProfileNumbers numbers_;
  std::vector<Member> members_;  // in the order of the services
  std::unordered_map<std::string_view, Member const*> by_name_;
};

}  // namespace restapi::api
