// SPDX-License-Identifier: MIT
#include "app/observation.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <stdexcept>
#include <utility>
#include <vector>

#include "api/versions.hpp"
#include "app/check.hpp"
#include "http/server.hpp"
#include "observation/access_log.hpp"
#include "observation/admin.hpp"
#include "observation/metrics.hpp"
#include "observation/process_metrics.hpp"
#include "observation/server_metrics.hpp"
#include "observation/slow_requests.hpp"

namespace restapi::app {
namespace {

std::vector<std::string_view> route_names() {
  std::vector<std::string_view> names;
  for (auto const* version : api::versions()) std::ranges::copy(version->route_names(), std::back_inserter(names));
  std::ranges::copy(api::feed::way_names, std::back_inserter(names));
  return names;
}

/// Whether one of the databases answers: one that is away is no reason to send the requests for the others elsewhere.
/// Those that are closed are not opened for this. Begins with the one that answered last, and does not wait for one as
/// long as for all.
class AnyAnswers {
 public:
  AnyAnswers(store::StoreKeeper const& stores, std::chrono::milliseconds limit) : stores_(stores), limit_(limit) {}

  bool operator()(std::stop_token const& gone) {
    auto const& all = stores_.stores();
    auto const open = std::ranges::count_if(all, [](auto const& store) { return store->look() != nullptr; });
    if (open == 0) return may_be_opened(gone);
    for (std::size_t tries = 0; tries < all.size() && !gone.stop_requested(); ++tries, ++next_) {
      auto const opened = all[next_ % all.size()]->look();
      if (opened && opened->store->answers(std::max(limit_ / open, shortest), gone)) return true;
    }
    return false;
  }

 private:
  static constexpr std::chrono::milliseconds shortest{100};

  // Nobody else may come to try again what could not be opened.
  bool may_be_opened(std::stop_token const& gone) const {
    auto const& all = stores_.stores();
    if (!std::ranges::all_of(all, [](auto const& store) { return store->is_refused(); })) return true;
    return std::ranges::any_of(all, [&](auto const& store) {
      auto const opened = store->open();
      return opened && (*opened)->store->answers(limit_, gone);
    });
  }

  store::StoreKeeper const& stores_;
  std::chrono::milliseconds const limit_;
  std::size_t next_ = 0;
};

std::vector<std::string> names_of(store::StoreKeeper const& stores) {
  std::vector<std::string> names;
  for (auto const& store : stores.stores()) names.push_back(store->name());
  return names;
}

observation::BrokenProfiles broken_of(store::StoreKeeper const& stores) {
  observation::BrokenProfiles all;
  for (auto const& store : stores.stores())
    if (auto broken = store->broken()) all.emplace_back(store->name(), std::move(broken->to_keeper));
  return all;
}

}  // namespace

struct Observation::Parts {
  http::Observers observers;
  std::unique_ptr<observation::AccessLog> access_log;
  std::unique_ptr<observation::SlowRequests> slow_requests;
  // With an admin port:
  std::unique_ptr<observation::Metrics> metrics;
  std::unique_ptr<observation::Readiness> readiness;
  std::unique_ptr<observation::Admin> admin;
  std::unique_ptr<http::HttpServer> server;
};

Observation::Observation(config::Options const& options, store::StoreKeeper const& stores,
                         std::function<std::string(std::string const& path)> objection_to_log)
    : parts_(std::make_unique<Parts>()) {
  if (!options.access_log.empty()) {
    try {
      parts_->access_log = std::make_unique<observation::AccessLog>(options.access_log, std::move(objection_to_log));
    } catch (std::runtime_error const& error) {
      throw std::runtime_error(cannot_open_access_log + std::string(error.what()));
    }
    parts_->observers.add(*parts_->access_log);
  }
  if (options.slow_request > 0) {
    parts_->slow_requests =
        std::make_unique<observation::SlowRequests>(std::chrono::milliseconds(options.slow_request));
    parts_->observers.add(*parts_->slow_requests);
  }
  if (!options.admin_port) return;
  parts_->metrics = std::make_unique<observation::Metrics>(route_names(), names_of(stores));
  parts_->observers.add(*parts_->metrics);
  observation::add_process_metrics(*parts_->metrics);
  observation::add_store_metrics(*parts_->metrics, stores);
  if (auto const* log = parts_->access_log.get())
    observation::add_program_metrics(
        *parts_->metrics, {.access_log_lines_dropped = [log] { return static_cast<double>(log->dropped()); }});
  parts_->readiness = std::make_unique<observation::Readiness>(AnyAnswers(stores, observation::ReadinessTimes{}.limit));
  parts_->admin = std::make_unique<observation::Admin>(
      *parts_->readiness, [metrics = parts_->metrics.get()] { return metrics->text(); },
      [&stores] { return broken_of(stores); }, http::ServerNames(options.admin_hostname, options.server_names));
  parts_->server = std::make_unique<http::HttpServer>(
      // Who watches comes with few connections; more would take other clients' descriptors.
      http::ServerOptions{.hostname = options.admin_hostname,
                          .port = *options.admin_port,
                          .io_threads = 1,
                          .workers = 2,
                          .max_connections = 16},
      *parts_->admin);
}

Observation::~Observation() = default;

http::Observer& Observation::observer() { return parts_->observers; }
observation::Metrics* Observation::metrics() { return parts_->metrics.get(); }

void Observation::watch(Feeds const& feeds) {
  if (!parts_->metrics) return;
  add_feed_metrics(*parts_->metrics, feeds);
  parts_->admin->name_followed([feeds] { return followed_of(feeds); });
}

std::optional<std::uint16_t> Observation::start() {
  return parts_->server ? std::optional(parts_->server->start()) : std::nullopt;
}

void Observation::flush() {
  if (parts_->access_log) parts_->access_log->flush();
}

void Observation::reopen() {
  if (parts_->access_log) parts_->access_log->reopen();
}

void Observation::stop() {
  if (parts_->server) parts_->server->stop();
}

void Observation::drain() {
  if (parts_->readiness) parts_->readiness->drain();
}

}  // namespace restapi::app
