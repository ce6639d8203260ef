// SPDX-License-Identifier: MIT
#include "app/feed_metrics.hpp"

#include <span>
#include <string_view>

#include "model/entity.hpp"

namespace restapi::app {
namespace {

using api::feed::Tally;
using observation::Metrics;
using Kind = Metrics::Kind;
using store::SourceKind;

/// Numbers of one metric that differ in one label: their names, in order.
using Names = std::vector<std::string_view>;

struct Row {
  Kind kind;
  char const* name;
  char const* help;
  char const* label;  ///< null: there is one number
  Names (*names)();
  Tally::Number const& (*read)(Tally const&, std::size_t which);
};

template <class Range>
Names names_in(Range const& names) {
  return {names.begin(), names.end()};
}
Names no_names() { return {""}; }
Names ways() { return names_in(api::feed::way_names); }
Names reasons() { return names_in(api::feed::resnapshot_reasons); }
Names entities() {
  Names names;
  for (auto const& entity : model::entities()) names.push_back(entity.name);
  return names;
}

using Which = std::size_t;
Tally::Number const& subscribers(Tally const& tally, Which way) { return tally.ways[way].subscribers; }
Tally::Number const& messages(Tally const& tally, Which way) { return tally.ways[way].messages; }
Tally::Number const& changes(Tally const& tally, Which entity) { return tally.changes[entity]; }
Tally::Number const& resnapshots(Tally const& tally, Which reason) { return tally.resnapshots[reason]; }
Tally::Number const& ring_lost(Tally const& tally, Which) { return tally.ring_lost; }
Tally::Number const& catching_up(Tally const& tally, Which) { return tally.catching_up; }

constexpr Row rows[] = {
    {Kind::gauge, "restapi_feed_subscribers", "Whoever listens to the live feed", "door", ways, subscribers},
    {Kind::counter, "restapi_feed_messages_total", "Messages of the live feed that were sent", "door", ways, messages},
    {Kind::counter, "restapi_feed_changes_total", "Objects whose changes were told", "entity", entities, changes},
    {Kind::counter, "restapi_feed_resnapshots_total", "Times that something could not be told, by the reason", "reason",
     reasons, resnapshots},
    {Kind::counter, "restapi_feed_ring_lost_total", "Listeners that read so slowly that they were closed", nullptr,
     no_names, ring_lost},
    {Kind::gauge, "restapi_feed_catching_up", "Listeners that read from the database what they lack", nullptr, no_names,
     catching_up},
};

struct HistogramRow {
  char const* name;
  char const* help;
  Histogram Tally::*read;
};

constexpr HistogramRow histogram_rows[] = {
    {"restapi_feed_lag_seconds", "From a change to its listeners", &Tally::lag},
    {"restapi_feed_batch_seconds", "Reading what has changed, with its objects", &Tally::batch},
};

constexpr SourceKind kinds[] = {SourceKind::unchanging, SourceKind::installed, SourceKind::following};

std::vector<Metrics::Sample> sources_of(Feeds const& feeds) {
  std::vector<Metrics::Sample> samples;
  for (auto const& [profile, feed] : feeds) {
    auto const in_use = feed->observed_source().kind;
    if (in_use == SourceKind::unknown) continue;
    for (auto const kind : kinds)
      samples.push_back({{{"profile", profile}, {"kind", std::string(name_of(kind))}}, kind == in_use ? 1.0 : 0.0});
  }
  return samples;
}

}  // namespace

void add_feed_metrics(Metrics& metrics, Feeds const& feeds) {
  if (feeds.empty()) return;
  for (auto const& row : rows) {
    auto const read = [feeds, row] {
      std::vector<Metrics::Sample> samples;
      for (auto const& [profile, feed] : feeds) {
        auto const names = row.names();
        for (std::size_t i = 0; i < names.size(); ++i) {
          Metrics::Sample sample{{{"profile", profile}}, static_cast<double>(row.read(feed->tally(), i))};
          if (row.label) sample.labels.emplace_back(row.label, names[i]);
          samples.push_back(std::move(sample));
        }
      }
      return samples;
    };
    metrics.add(row.kind, row.name, row.help, Metrics::Read(read));
  }
  for (auto const& row : histogram_rows) {
    auto const read = [feeds, row] {
      std::vector<Metrics::HistogramSample> samples;
      for (auto const& [profile, feed] : feeds)
        samples.push_back({{{"profile", profile}}, (feed->tally().*row.read).counts()});
      return samples;
    };
    metrics.add(row.name, row.help, Metrics::ReadHistograms(read));
  }
  metrics.add(Kind::gauge, "restapi_feed_source", "What changes are learnt from, while somebody listens",
              Metrics::Read([feeds] { return sources_of(feeds); }));
}

observation::FollowedProfiles followed_of(Feeds const& feeds) {
  observation::FollowedProfiles followed;
  for (auto const& [profile, feed] : feeds) {
    auto in_use = feed->observed_source();
    if (in_use.kind == SourceKind::unknown && in_use.why.empty()) continue;
    auto const source = in_use.kind == SourceKind::unknown ? "unknown" : name_of(in_use.kind);
    followed.push_back({profile, std::string(source), std::move(in_use.why)});
  }
  return followed;
}

}  // namespace restapi::app
