// SPDX-License-Identifier: MIT
#include "app/services.hpp"

#include <chrono>
#include <utility>

#include "api/feed/content/door.hpp"
#include "api/feed/events/door.hpp"
#include "api/feed/rows/door.hpp"
#include "api/feed/socket_io/door.hpp"
#include "app/welcome.hpp"

namespace restapi::app {
namespace {

/// Null where there is none.
std::shared_ptr<api::feed::Feed> make_feed(store::LazyStore& store, config::Options const& options) {
  if (options.feed == "off") return nullptr;
  return std::make_shared<api::feed::Feed>(
      store, *api::versions().front(),
      api::feed::FeedOptions{.interval = std::chrono::milliseconds(options.feed_interval),
                             .ping_interval = std::chrono::seconds(options.feed_ping),
                             .max_listeners = options.max_subscribers});
}

/// "exact" is none.
std::chrono::seconds total_age(std::string const& text) {
  return std::chrono::seconds(text == "exact" ? 0 : std::stoi(text));
}

/// Who may read the profile, and what it says.
Result<std::unique_ptr<api::Service>> make_service(store::LazyStore& store, config::ProfileOptions const& profile,
                                                   config::Options const& options,
                                                   std::shared_ptr<api::AnswerMemory> const& memory,
                                                   std::shared_ptr<api::feed::Feed> const& feed, bool is_only_one) {
  auto tokens = tokens_of(profile);
  if (!tokens) return std::move(tokens).error();
  std::vector<std::shared_ptr<api::Door>> doors;
  if (feed) {
    doors.push_back(api::feed::socket_io::make_door(feed, store.name()));
    doors.push_back(api::feed::rows::make_door(feed));
    doors.push_back(api::feed::content::make_door(feed));
    doors.push_back(api::feed::events::make_door(feed));
  }
  api::AccessOptions access{.cors_origins = profile.cors_origins, .tokens = *std::move(tokens)};
  return std::make_unique<api::Service>(
      store, api::ServiceOptions{.versions = versions_of(options),
                                 .policy = {.private_filters = profile.private_filters},
                                 .access = std::move(access),
                                 .trusted_proxies = options.trusted_proxies,
                                 .host = host_in_urls(options.hostname, options.port),
                                 .memory = memory,
                                 .writing_timeout = std::chrono::seconds(options.statement_timeout),
                                 .total_age = total_age(options.total_age),
                                 .shares_workers = !is_only_one,
                                 .doors = std::move(doors)});
}

}  // namespace

std::span<api::ApiVersion const* const> versions_of(config::Options const& options) {
  return api::versions({.posting = !options.no_posting, .pages = !options.no_pages, .feed = options.feed != "off"});
}

Result<std::shared_ptr<api::BearerTokens>> tokens_of(config::ProfileOptions const& profile) {
  if (profile.token_keys.empty()) return std::shared_ptr<api::BearerTokens>();
  return api::BearerTokens::open({profile.token_keys, profile.token_issuer, profile.token_audience});
}

Result<Services> make_services(std::vector<config::ServedProfile> const& profiles, config::Options const& options,
                               StoreOpener const& opener, store::StoreKeeper& stores,
                               std::shared_ptr<api::AnswerMemory> const& memory, std::shared_ptr<store::Store> first) {
  Services services;
  for (auto const& [profile, found, same_files] : profiles) {
    auto& store = stores.add(
        profile.name, [&opener, &source = found] { return opener.open(source); }, std::exchange(first, nullptr),
        found.broken);
    auto feed = make_feed(store, options);
    if (feed) services.feeds.push_back({profile.name, feed});
    auto service = make_service(store, profile, options, memory, feed, profiles.size() == 1);
    if (!service) return std::move(service).error();
    services.of_profiles.push_back(*std::move(service));
  }
  return services;
}

}  // namespace restapi::app
