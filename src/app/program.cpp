// SPDX-License-Identifier: MIT
#include "app/program.hpp"

#include <fmt/format.h>
#include <pthread.h>
#include <spdlog/spdlog.h>

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "api/site.hpp"
#include "app/allocator.hpp"
#include "app/attempt.hpp"
#include "app/check.hpp"
#include "app/observation.hpp"
#include "app/places.hpp"
#include "app/service_manager.hpp"
#include "app/services.hpp"
#include "app/shutdown.hpp"
#include "app/signals.hpp"
#include "app/store_opener.hpp"
#include "app/terminal.hpp"
#include "app/welcome.hpp"
#include "base/printable.hpp"
#include "config/served_profiles.hpp"
#include "http/client_address.hpp"
#include "http/server.hpp"
#include "observation/metrics.hpp"
#include "observation/server_metrics.hpp"
#include "source/demo.hpp"
#include "store/store_keeper.hpp"

namespace restapi::app {
namespace {

/// Threads get as much stack as RLIMIT_STACK says, which may be too little to read deeply nested JSON.
void see_to_stack() {
  constexpr std::size_t enough = std::size_t{1} << 20;
  pthread_attr_t attributes;
  std::size_t size = 0;
  if (::pthread_getattr_default_np(&attributes) != 0) return;
  if (::pthread_attr_getstacksize(&attributes, &size) == 0 && size < enough &&
      ::pthread_attr_setstacksize(&attributes, enough) == 0)
    ::pthread_setattr_default_np(&attributes);
  ::pthread_attr_destroy(&attributes);
}

/// All that can be said against the options without opening a database.
config::FoundProfiles find_profiles(config::Options const& options, source::SourceContext const& context) {
  // Whoever has made a mistake may have named a database in it: the default profile is not what was meant.
  bool const is_default = options.profiles.front().wanted.kind == source::SourceSpec::Kind::automatic;
  if (is_default && !options.mistakes.empty()) return {};
  auto found = config::find_profiles(options.profiles, options.sections, context);
  if (auto apart = config::check_log_apart(options.access_log, options, found.profiles); !apart)
    found.mistakes.push_back(std::move(apart).error());
  if (auto reason = config::reason_against_ports(options); !reason.empty())
    found.mistakes.push_back({Code::source_refused, std::move(reason)});
  if (options.mistakes.empty() && found.mistakes.empty()) return found;
  for (auto const& profile : found.profiles)  // said as well, though alone it would not hinder the start
    if (auto const& broken = profile.found.broken) found.mistakes.push_back(placed(profile.options, *broken));
  return found;
}

/// What was said, and has no effect.
void note_what_is_passed_over(config::Options const& options, std::vector<config::ServedProfile> const& profiles) {
  for (auto const& variable : options.unknown_variables)
    spdlog::warn("there is no variable {}: it has no effect", printable(variable));
  for (auto const& profile : profiles) {
    for (auto const& file : profile.same_files)
      spdlog::info("{} is the same file as that of the profile {}, and is served as that alone", printable(file),
                   printable(profile.options.name));
  }
}

/// Later ones say so when they have been tried (store/lazy_store.hpp).
void note_what_is_broken(std::vector<config::ServedProfile> const& profiles) {
  for (auto const& profile : profiles)
    if (auto const& broken = profile.found.broken)
      spdlog::warn("{} cannot be served: {}", printable(profile.options.name),
                   sentence_of(placed(profile.options, *broken)));
}

/// With copies: the log's thread may be left behind. By the time it asks a path may lead elsewhere than at the start.
std::function<std::string(std::string const& path)> objection_to_log(
    config::Options const& options, std::vector<config::ServedProfile> const& profiles) {
  return [options, profiles](std::string const& path) {
    auto const apart = config::check_log_apart(path, options, profiles);
    return apart ? std::string() : apart.error().message;
  };
}

http::ServerOptions server_options(config::Options const& options, net::Places const& places) {
  return {.hostname = options.hostname,
          .port = options.port,
          .workers = options.threads,
          .max_requests = options.max_requests,
          .max_connections = places.clients,
          .client_of = [trusted = options.trusted_proxies](http::Request const& request) {
            return http::client_address(request, trusted);
          }};
}

void add_metrics(observation::Metrics& metrics, http::HttpServer const& server, api::AnswerMemory const& memory,
                 observation::MainLog const& log) {
  observation::add_program_metrics(
      metrics, {.log_lines_dropped = [&log] { return static_cast<double>(log.dropped()); },
                .cached_bytes = [&memory] { return static_cast<double>(memory.answers.used()); },
                .answers_bytes = [&memory] { return static_cast<double>(memory.for_answers->taken()); }});
  observation::add_server_metrics(metrics, server);
}

/// To the person at the terminal, and to the service manager.
void tell_ready(config::Options const& options, std::vector<config::ServedProfile> const& profiles, std::uint16_t port,
                std::optional<std::uint16_t> admin_port) {
  auto const host = host_in_urls(options.hostname, port);
  welcome(profiles, host, admin_port ? host_in_urls(options.admin_hostname, *admin_port) : "");
  notify_ready(fmt::format("serving {} at http://{}/",
                           profiles.size() == 1 ? "one profile" : fmt::format("{} profiles", profiles.size()), host));
}

}  // namespace

int serve(config::Options const& options, std::optional<net::ListeningSocket> inherited,
          observation::MainLog const& log) {
  see_to_stack();
  set_up_allocator();
  Signals const signals(!options.access_log.empty());
  auto context = source::source_context_of_process();
  context.demo = source::demo_archive();
  auto const found = find_profiles(options, context);
  if (!options.mistakes.empty() || !found.mistakes.empty()) return refuse(options, found.mistakes);
  auto const& profiles = found.profiles;
  auto const room = places_for(options, profiles.size());
  if (!room) return refuse(room.error());
  auto const& places = *room;
  note_what_is_passed_over(options, profiles);

  // The only one is opened at once and for good: whoever has made a mistake should learn it now.
  bool const is_only_one = profiles.size() == 1;
  auto const memory = std::make_shared<api::AnswerMemory>(options.cache);
  StoreOpener opener(options, static_cast<unsigned>(places.connections), context, memory->for_answers);
  if (options.check) return check(profiles, opener, options, inherited.has_value());
  if (auto const any = config::check_one_can_be_served(profiles); !any) return refuse(any.error());
  note_what_is_broken(profiles);
  std::shared_ptr<store::Store> first;
  if (is_only_one) {
    auto opened = opener.open_at_start(profiles.front().found, signals);
    if (!opened) return 0;
    if (!*opened) return refuse(placed(profiles.front().options, opened->error()));
    first = **std::move(opened);
  }
  store::StoreKeeper stores(
      {.max_open = places.databases, .close_after = std::chrono::seconds(is_only_one ? 0 : options.close_after)});
  auto services = make_services(profiles, options, opener, stores, memory, std::move(first));
  if (!services) return refuse(services.error());
  api::Site site(std::move(services->of_profiles), {.versions = versions_of(options),
                                                    .names = {options.hostname, options.server_names},
                                                    .cors_origins = profiles.front().options.cors_origins,
                                                    .trusted_proxies = options.trusted_proxies,
                                                    .host = host_in_urls(options.hostname, options.port)});

  auto observation =
      attempt("", [&] { return std::make_unique<Observation>(options, stores, objection_to_log(options, profiles)); });
  if (!observation) return refuse(observation.error());
  auto& watching = **observation;
  watching.watch(services->feeds);
  http::HttpServer server(server_options(options, places), site, &watching.observer());
  if (auto* metrics = watching.metrics()) add_metrics(*metrics, server, *memory, log);
  auto const port =
      attempt(another_address, [&] { return inherited ? server.start(*std::move(inherited)) : server.start(); });
  if (!port) return refuse(port.error());
  auto const admin_port = attempt(another_admin_address, [&] { return watching.start(); });
  if (!admin_port) return refuse(admin_port.error());
  tell_ready(options, profiles, *port, *admin_port);
  wait_for_end(signals, watching);
  notify_stopping();
  watching.drain();
  site.stop_doors();
  stop(server, opener, watching, signals, std::chrono::seconds(options.drain));
  watching.stop();
  return 0;
}

}  // namespace restapi::app
