// SPDX-License-Identifier: MIT
#include "observation/metrics.hpp"

#include <prometheus/counter.h>
#include <prometheus/histogram.h>
#include <prometheus/registry.h>
#include <prometheus/text_serializer.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cassert>
#include <limits>
#include <mutex>
#include <unordered_map>

#include "http/error_catalogue.hpp"
#include "observation/access_log.hpp"

namespace restapi::observation {
namespace {

using prometheus::Counter;
using Seconds = std::chrono::duration<double>;

/// Seconds: from a cached answer to the statement timeout.
prometheus::Histogram::BucketBoundaries const buckets{0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1,
                                                      0.25,   0.5,   1,      2.5,   5,    10,    30};

constexpr int first_status = 100;
constexpr int last_status = 599;

/// The counters of one route, found without a lookup by text. A pointer is set when its status first occurs.
struct OfRoute {
  std::string_view route;
  prometheus::Histogram* seconds;
  std::array<std::atomic<Counter*>, last_status - first_status + 1> by_status{};
};

struct OfStatement {
  std::string_view name;
  Counter* count;
  Counter* seconds;
};

/// Statements have literal names, of which there are fewer; one more would not be counted.
constexpr std::size_t max_statements = 64;

constexpr http::Origin origins[] = {http::Origin::computed, http::Origin::cached, http::Origin::read};

prometheus::ClientMetric collected(Metrics::Kind kind, Metrics::Sample const& sample) {
  prometheus::ClientMetric metric;
  for (auto const& [name, value] : sample.labels) metric.label.push_back({name, value});
  (kind == Metrics::Kind::counter ? metric.counter.value : metric.gauge.value) = sample.value;
  return metric;
}

prometheus::ClientMetric collected(Metrics::HistogramSample const& sample) {
  prometheus::ClientMetric metric;
  for (auto const& [name, value] : sample.labels) metric.label.push_back({name, value});
  auto& histogram = metric.histogram;
  for (std::size_t i = 0; i < sample.counts.of_ranges.size(); ++i) {
    histogram.sample_count += sample.counts.of_ranges[i];
    auto const bound = i < Histogram::bounds.size() ? Histogram::bounds[i] : std::numeric_limits<double>::infinity();
    histogram.bucket.push_back({histogram.sample_count, bound});
  }
  histogram.sample_sum = sample.counts.sum;
  return metric;
}

/// Of what somebody else keeps.
struct Source {
  prometheus::MetricType type;
  std::string name;
  std::string help;
  std::function<std::vector<prometheus::ClientMetric>()> read;
};

/// `read`: gives samples.
template <class Read, class Collect>
std::function<std::vector<prometheus::ClientMetric>()> collecting(Read read, Collect collect) {
  return [read = std::move(read), collect] {
    std::vector<prometheus::ClientMetric> metrics;
    for (auto const& sample : read()) metrics.push_back(collect(sample));
    return metrics;
  };
}

}  // namespace

struct Metrics::State {
  State(std::span<std::string_view const> names, std::span<std::string const> profile_names)
      : profiles(profile_names.begin(), profile_names.end()) {
    auto const add_route = [this](std::string_view route, std::string_view label) {
      auto& of_route = *routes.emplace_back(std::make_unique<OfRoute>());
      of_route.route = route;
      of_route.seconds = &seconds.Add({{"route", std::string(label)}}, buckets);
    };
    add_route("", "none");
    for (auto const& name : names) add_route(name, name);
    // Series that stand at 0 from the beginning show their first increase.
    for (auto const origin : origins)
      by_origin[static_cast<std::size_t>(origin)] = &answers.Add({{"origin", std::string(name_of(origin))}});
    for (auto const& profile : profiles) {
      by_profile.emplace(profile, &profile_requests.Add({{"profile", profile}}));
      for (auto const code : {Code::store_unavailable, Code::store_too_slow, Code::store_failed, Code::store_damaged})
        store_error(profile, code);
    }
  }

  /// The data pointer decides first: Trace::route is nearly always the literal of the table itself.
  OfRoute& of(std::string_view route) {
    auto const same = [&](auto const& known) { return known->route.data() == route.data() || known->route == route; };
    auto const found = std::find_if(routes.begin() + 1, routes.end(), same);
    return **(route.empty() || found == routes.end() ? routes.begin() : found);
  }

  Counter& requests_of(OfRoute& of_route, int status) {
    auto& known =
        of_route.by_status[static_cast<std::size_t>(std::clamp(status, first_status, last_status) - first_status)];
    if (auto* counter = known.load(std::memory_order_acquire)) return *counter;
    auto const label = of_route.route.empty() ? std::string("none") : std::string(of_route.route);
    // For the same labels the same counter: two threads at once do no harm.
    auto& counter = requests.Add({{"route", label}, {"status", std::to_string(status)}});
    known.store(&counter, std::memory_order_release);
    return counter;
  }

  /// Null: there are too many.
  OfStatement const* of_statement(std::string_view name) {
    auto const find = [&]() -> OfStatement const* {
      auto const end =
          statements.begin() + static_cast<std::ptrdiff_t>(statement_count.load(std::memory_order_acquire));
      auto const found = std::find_if(statements.begin(), end, [&](auto const& known) { return known.name == name; });
      return found == end ? nullptr : &*found;
    };
    if (auto const* found = find()) return found;
    std::lock_guard const lock(mutex);
    if (auto const* found = find()) return found;
    auto const count = statement_count.load(std::memory_order_relaxed);
    if (count == statements.size()) return nullptr;
    prometheus::Labels const labels{{"name", std::string(name)}};
    statements[count] = {name, &statement_counts.Add(labels), &statement_seconds.Add(labels)};
    statement_count.store(count + 1, std::memory_order_release);
    return &statements[count];
  }

  Counter& store_error(std::string_view profile, Code code) {
    return store_errors.Add({{"profile", std::string(profile)}, {"kind", std::string(http::error_row(code).name)}});
  }

  std::vector<std::string> const profiles;
  prometheus::Registry registry;
  prometheus::Family<Counter>& requests = prometheus::BuildCounter()
                                              .Name("restapi_requests_total")
                                              .Help("Requests answered, by endpoint and status; 499: the client left")
                                              .Register(registry);
  prometheus::Family<prometheus::Histogram>& seconds = prometheus::BuildHistogram()
                                                           .Name("restapi_request_seconds")
                                                           .Help("From the last byte of a request to its answer")
                                                           .Register(registry);
  prometheus::Family<Counter>& bytes = prometheus::BuildCounter()
                                           .Name("restapi_response_bytes_total")
                                           .Help("Heads and bodies of answers")
                                           .Register(registry);
  prometheus::Family<Counter>& answers = prometheus::BuildCounter()
                                             .Name("restapi_answers_total")
                                             .Help("Answers by origin; remembered: hits of the cache")
                                             .Register(registry);
  prometheus::Family<Counter>& statement_counts = prometheus::BuildCounter()
                                                      .Name("restapi_statements_total")
                                                      .Help("Statements sent to the database for requests")
                                                      .Register(registry);
  prometheus::Family<Counter>& statement_seconds = prometheus::BuildCounter()
                                                       .Name("restapi_statement_seconds_total")
                                                       .Help("Time that requests waited for statements")
                                                       .Register(registry);
  prometheus::Family<Counter>& store_errors = prometheus::BuildCounter()
                                                  .Name("restapi_store_errors_total")
                                                  .Help("Requests that met a failure of the database")
                                                  .Register(registry);
  prometheus::Family<Counter>& profile_requests = prometheus::BuildCounter()
                                                      .Name("restapi_profile_requests_total")
                                                      .Help("Requests answered, by profile")
                                                      .Register(registry);
  Counter& all_bytes = bytes.Add({});
  std::array<Counter*, std::size(origins)> by_origin{};
  std::unordered_map<std::string_view, Counter*> by_profile;
  std::vector<std::unique_ptr<OfRoute>> routes;  // first: none
  std::array<OfStatement, max_statements> statements{};
  std::atomic<std::size_t> statement_count{0};
  std::mutex mutex;  // of adding statements
  std::vector<Source> sources;
};

Metrics::Metrics(std::span<std::string_view const> routes, std::span<std::string const> profiles)
    : state_(std::make_unique<State>(routes, profiles)) {}
Metrics::~Metrics() = default;

void Metrics::on_finished(http::Finished const& finished) {
  auto const& trace = finished.trace;
  auto& of_route = state_->of(trace.route);
  state_->requests_of(of_route, finished.status).Increment();
  of_route.seconds->Observe(Seconds(finished.took).count());
  state_->all_bytes.Increment(static_cast<double>(finished.bytes));
  if (finished.status != http::client_left) state_->by_origin[static_cast<std::size_t>(trace.origin)]->Increment();
  for (auto const& [name, took] : trace.statements) {
    auto const* statement = state_->of_statement(name);
    if (!statement) continue;
    statement->count->Increment();
    statement->seconds->Increment(Seconds(took).count());
  }
  auto const profile = state_->by_profile.find(trace.profile);
  if (profile == state_->by_profile.end()) return;
  profile->second->Increment();
  if (trace.store_error) state_->store_error(trace.profile, *trace.store_error).Increment();
}

void Metrics::add(Kind kind, std::string name, std::string help, Read read) {
  auto const type = kind == Kind::counter ? prometheus::MetricType::Counter : prometheus::MetricType::Gauge;
  state_->sources.push_back(
      {type, std::move(name), std::move(help),
       collecting(std::move(read), [kind](Sample const& sample) { return collected(kind, sample); })});
}

void Metrics::add(std::string name, std::string help, ReadHistograms read) {
  state_->sources.push_back(
      {prometheus::MetricType::Histogram, std::move(name), std::move(help),
       collecting(std::move(read), [](HistogramSample const& sample) { return collected(sample); })});
}

void Metrics::add(Kind kind, std::string name, std::string help, std::function<double()> read) {
  add(kind, std::move(name), std::move(help), Read([read = std::move(read)] {
        return std::vector<Sample>{{{}, read()}};
      }));
}

std::string Metrics::text() const {
  auto families = state_->registry.Collect();
  for (auto const& source : state_->sources) {
    auto metrics = source.read();
    if (metrics.empty()) continue;  // not known now
    auto& family = families.emplace_back();
    family.name = source.name;
    family.help = source.help;
    family.type = source.type;
    family.metric = std::move(metrics);
  }
  return prometheus::TextSerializer().Serialize(families);
}

}  // namespace restapi::observation
