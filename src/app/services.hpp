// SPDX-License-Identifier: MIT
/// What answers for each profile: its store, who may read it, and its feed.
#pragma once

#include <memory>
#include <span>
#include <vector>

#include "api/access/bearer_token.hpp"
#include "api/service.hpp"
#include "app/feed_metrics.hpp"
#include "app/store_opener.hpp"
#include "base/result.hpp"
#include "config/options.hpp"
#include "config/served_profiles.hpp"
#include "store/store_keeper.hpp"

namespace restapi::app {

/// The versions of the API that are served.
std::span<api::ApiVersion const* const> versions_of(config::Options const& options);

/// Null where everybody may read. Error: source_refused, where the keys cannot be used.
Result<std::shared_ptr<api::BearerTokens>> tokens_of(config::ProfileOptions const& profile);

struct Services {
  std::vector<std::unique_ptr<api::Service>> of_profiles;  ///< in their order
  Feeds feeds;                                             ///< none where there are to be none
};

/// The stores are added to `stores`; `first` is the first one's, where it is open. All that is handed in must outlive
/// the services. Errors as of tokens_of().
Result<Services> make_services(std::vector<config::ServedProfile> const& profiles, config::Options const& options,
                               StoreOpener const& opener, store::StoreKeeper& stores,
                               std::shared_ptr<api::AnswerMemory> const& memory, std::shared_ptr<store::Store> first);

}  // namespace restapi::app
