// SPDX-License-Identifier: MIT
/// The live feeds of all profiles, for those who watch the server.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "api/feed/feed.hpp"
#include "observation/admin.hpp"
#include "observation/metrics.hpp"

namespace restapi::app {

struct FeedOfProfile {
  std::string profile;
  std::shared_ptr<api::feed::Feed> feed;
};
using Feeds = std::vector<FeedOfProfile>;

/// A row for each in the .cpp; none where there are no feeds.
void add_feed_metrics(observation::Metrics& metrics, Feeds const& feeds);

/// Of those that are followed now.
observation::FollowedProfiles followed_of(Feeds const& feeds);

}  // namespace restapi::app
