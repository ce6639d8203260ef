// SPDX-License-Identifier: MIT
/// The command: options, profiles, stores, services, server, in that order; ends with 0 after a signal, with 2 and one
/// sentence where something cannot be opened.
#include <fcntl.h>
#include <fmt/format.h>
#include <pthread.h>
#include <spdlog/spdlog.h>
#include <unistd.h>
#ifdef __SANITIZE_ADDRESS__
#include <sanitizer/lsan_interface.h>
#endif

#include <algorithm>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <functional>
#include <future>
#include <iostream>
#include <iterator>
#include <limits>
#include <memory>
#include <optional>
#include <system_error>

#include "api/feed/content/door.hpp"
#include "api/feed/events/door.hpp"
#include "api/feed/rows/door.hpp"
#include "api/feed/socket_io/door.hpp"
#include "api/service.hpp"
#include "api/site.hpp"
#include "app/allocator.hpp"
#include "app/ask_ready.hpp"
#include "app/check.hpp"
#include "app/feed_script.hpp"
#include "app/observation.hpp"
#include "app/service_manager.hpp"
#include "app/signals.hpp"
#include "app/store_opener.hpp"
#include "app/terminal.hpp"
#include "app/welcome.hpp"
#include "base/passwords.hpp"
#include "base/printable.hpp"
#include "config/options.hpp"
#include "config/served_profiles.hpp"
#include "http/client_address.hpp"
#include "http/server.hpp"
#include "net/descriptors.hpp"
#include "net/inherited_socket.hpp"
#include "observation/main_log.hpp"
#include "observation/metrics.hpp"
#include "observation/server_metrics.hpp"
#include "source/demo.hpp"
#include "store/store_keeper.hpp"

namespace {

using namespace restapi;
using namespace restapi::app;

constexpr int not_ready = 1;  // nor, for --check, all that would be opened

/// Nobody waits for ever: a thread that writes for a reader who stands still, or connects to a server that does not
/// answer, is left behind. It may log, and use OpenSSL, until the last moment, so nothing static is destroyed under it.
[[noreturn]] void leave(int exit_code) {
#ifdef __SANITIZE_ADDRESS__
  __lsan_do_leak_check();  // as exit() would
#endif
  ::_exit(exit_code);
}

/// All that there is to do while others serve.
void wait_for_end(Signals const& signals, Observation& watching) {
  for (;;) {
    auto const wish = signals.take_within(between_returns);
    if (!wish)
      return_free_memory();
    else if (*wish == Signals::Wish::reopen_logs)
      watching.reopen();
    else
      return;
  }
}

/// Beyond the time for what is in flight: closing, and statements that end when their client has gone.
constexpr std::chrono::milliseconds last_moment{500};

/// Drains the server. A second signal ends that at once. So does the end of the time, even where a statement goes on:
/// what a killed server leaves behind, the next one removes.
void stop(http::HttpServer& server, StoreOpener& opener, Observation& watching, Signals const& signals,
          std::chrono::seconds limit) {
  constexpr std::chrono::milliseconds glance{20};
  using Clock = std::chrono::steady_clock;
  spdlog::info("stopping");
  auto end = Clock::now() + limit + last_moment;
  std::future<void> stopped;
  try {
    stopped = std::async(std::launch::async, [&] { server.stop(limit); });
  } catch (std::system_error const&) {  // no thread for it: nothing can hurry it
    return server.stop(limit);
  }
  bool hurries = false;
  while (stopped.wait_for(glance) != std::future_status::ready) {
    if (auto const signal = signals.take_within({}); signal == Signals::Wish::end && !hurries) {
      hurries = true;
      end = Clock::now() + last_moment;
      server.hurry();
    }
    if (Clock::now() >= end - last_moment) opener.stop();
    if (Clock::now() < end) continue;
    spdlog::warn("stopped in the middle of a statement");
    watching.flush();
    spdlog::default_logger()->flush();
    leave(0);
  }
}

/// As many as were asked for, or else as there is room for.
Result<net::Places> places_for(config::Options const& options, std::size_t profiles) {
  auto const descriptors = net::raise_descriptor_limit();
  if (descriptors < net::least_descriptors)
    return Error{Code::source_refused,
                 fmt::format("the system allows {} open files, and {} are needed", descriptors, net::least_descriptors),
                 "ulimit -n says how many"};
  auto const limited = options.max_connections > 0;
  net::Places const wanted{limited ? options.max_connections : std::numeric_limits<std::size_t>::max(),
                           std::min<std::size_t>(profiles, options.max_open), options.threads};
  auto const places = net::places_within(descriptors, wanted);
  auto const warn = [](std::size_t room, std::size_t asked, char const* what) {
    if (room < asked) spdlog::warn("the limit on open files leaves room for {} {}, not {}", room, what, asked);
  };
  if (limited) warn(places.clients, wanted.clients, "connections");
  warn(places.databases, wanted.databases, "open databases");
  warn(places.connections, wanted.connections, "connections to each database");
  return places;
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

/// Null where everybody may read.
Result<std::shared_ptr<api::BearerTokens>> tokens_of(config::ProfileOptions const& profile) {
  if (profile.token_keys.empty()) return std::shared_ptr<api::BearerTokens>();
  return api::BearerTokens::open({profile.token_keys, profile.token_issuer, profile.token_audience});
}

/// Null where there is none.
std::shared_ptr<api::feed::Feed> make_feed(store::LazyStore& store, config::Options const& options) {
  if (options.feed == "off") return nullptr;
  return std::make_shared<api::feed::Feed>(
      store, *api::versions().front(),
      api::feed::FeedOptions{.interval = std::chrono::milliseconds(options.feed_interval),
                             .max_listeners = options.max_subscribers});
}

/// Who may read the profile, and what it says.
Result<std::unique_ptr<api::Service>> make_service(store::LazyStore& store, config::ProfileOptions const& profile,
                                                   config::Options const& options,
                                                   std::shared_ptr<api::AnswerMemory> memory,
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
      store, api::ServiceOptions{.policy = {.private_filters = profile.private_filters},
                                 .access = std::move(access),
                                 .trusted_proxies = options.trusted_proxies,
                                 .host = host_in_urls(options.hostname, options.port),
                                 .memory = std::move(memory),
                                 .writing_timeout = std::chrono::seconds(options.statement_timeout),
                                 .shares_workers = !is_only_one,
                                 .doors = std::move(doors)});
}

constexpr auto no_threads = "the system gives this program no more threads";
constexpr auto more_threads = "ulimit -u, TasksMax= of systemd and --pids-limit of containers say how many";

bool is_want_of_threads(std::exception const& failure) {
  auto const* error = dynamic_cast<std::system_error const*>(&failure);
  return error != nullptr && error->code() == std::errc::resource_unavailable_try_again;
}

/// What the call gives, or why it cannot.
template <class Call>
auto attempt(char const* hint, Call call) -> Result<decltype(call())> try {
  return call();
} catch (std::runtime_error const& error) {
  if (is_want_of_threads(error)) return Error{Code::source_refused, no_threads, more_threads};
  return Error{Code::source_refused, error.what(), hint};
}

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

/// Opens all that would be served, one after the other; a line for each. `surroundings`: what else is wrong.
int check(std::vector<config::ServedProfile> const& profiles, StoreOpener const& opener,
          std::vector<Error> const& surroundings) {
  std::string text;
  bool is_fine = surroundings.empty();
  for (auto const& profile : profiles) {
    auto const& found = profile.found;
    auto const tokens = tokens_of(profile.options);
    auto const store = opener.open(found);
    auto const why = [&](Error const& error) { return sentence_of(placed(profile.options, error)); };
    auto const reason = !store ? why(store.error()) : !tokens ? why(tokens.error()) : "";
    is_fine = is_fine && reason.empty();
    fmt::format_to(std::back_inserter(text), "{}{}: {}", text.empty() ? "" : "\n", printable(profile.options.name),
                   reason.empty() ? printable(found.source.name) + " can be served" : reason);
  }
  for (auto const& error : surroundings) text += "\n" + sentence_of(error);
  say("-", text);
  return is_fine ? 0 : not_ready;
}

using Inherited = std::optional<net::ListeningSocket>;

/// An inherited socket says where we listen, whatever the options say; names, addresses in answers and the welcome
/// follow it.
void listen_where(config::Options& options, Inherited const& inherited) {
  if (!inherited) return;
  options.hostname = inherited->hostname();
  options.port = inherited->port();
  spdlog::info("the inherited socket listens on port {} of {}; --hostname and --port have no effect", options.port,
               options.hostname);
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

int serve(config::Options const& options, Inherited inherited, observation::MainLog const& log) {
  see_to_stack();
  set_up_allocator();
  Signals const signals(!options.access_log.empty());
  auto context = source::source_context_of_process();
  context.demo = source::demo_archive();
  auto const [profiles, mistakes] = find_profiles(options, context);
  if (!options.mistakes.empty() || !mistakes.empty()) return refuse(options, mistakes);
  auto const room = places_for(options, profiles.size());
  if (!room) return refuse(room.error());
  auto const& places = *room;
  note_what_is_passed_over(options, profiles);

  // The only one is opened at once and for good: whoever has made a mistake should learn it now.
  bool const is_only_one = profiles.size() == 1;
  auto const memory = std::make_shared<api::AnswerMemory>(options.cache);
  StoreOpener opener(options, static_cast<unsigned>(places.connections), context, memory->for_answers);
  if (options.check) return check(profiles, opener, check_surroundings(options, inherited.has_value()));
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
  std::vector<std::unique_ptr<api::Service>> services;
  Feeds feeds;
  for (auto const& [profile, found, same_files] : profiles) {
    auto& store = stores.add(
        profile.name, [&opener, &source = found] { return opener.open(source); }, std::move(first), found.broken);
    auto feed = make_feed(store, options);
    if (feed) feeds.push_back({profile.name, feed});
    auto service = make_service(store, profile, options, memory, feed, is_only_one);
    if (!service) return refuse(service.error());
    services.push_back(*std::move(service));
  }
  api::Site site(std::move(services), {.names = {options.hostname, options.server_names},
                                       .cors_origins = profiles.front().options.cors_origins,
                                       .trusted_proxies = options.trusted_proxies,
                                       .host = host_in_urls(options.hostname, options.port)});

  // With copies: the log's thread may be left behind. By the time it asks a path may lead elsewhere than at the start.
  auto objection_to_log = [options, profiles = profiles](std::string const& path) {
    auto const apart = config::check_log_apart(path, options, profiles);
    return apart ? std::string() : apart.error().message;
  };
  auto observation =
      attempt("", [&] { return std::make_unique<Observation>(options, stores, std::move(objection_to_log)); });
  if (!observation) return refuse(observation.error());
  auto& watching = **observation;
  if (auto* metrics = watching.metrics())
    observation::add_program_metrics(
        *metrics, {.log_lines_dropped = [&log] { return static_cast<double>(log.dropped()); },
                   .cached_bytes = [memory] { return static_cast<double>(memory->answers.used()); },
                   .answers_bytes = [memory] { return static_cast<double>(memory->for_answers->taken()); }});
  watching.watch(feeds);
  http::HttpServer server(
      {.hostname = options.hostname,
       .port = options.port,
       .workers = options.threads,
       .max_requests = options.max_requests,
       .max_connections = places.clients,
       .client_of =
           [&](http::Request const& request) { return http::client_address(request, options.trusted_proxies); }},
      site, &watching.observer());
  if (watching.metrics()) observation::add_server_metrics(*watching.metrics(), server);
  auto const port =
      attempt(another_address, [&] { return inherited ? server.start(*std::move(inherited)) : server.start(); });
  if (!port) return refuse(port.error());
  auto const admin_port = attempt(another_admin_address, [&] { return watching.start(); });
  if (!admin_port) return refuse(admin_port.error());
  welcome(profiles, host_in_urls(options.hostname, *port),
          *admin_port ? host_in_urls(options.admin_hostname, **admin_port) : "");
  notify_ready(fmt::format("serving {} at http://{}/",
                           profiles.size() == 1 ? "one profile" : fmt::format("{} profiles", profiles.size()),
                           host_in_urls(options.hostname, *port)));
  wait_for_end(signals, watching);
  notify_stopping();
  watching.drain();
  site.stop_doors();
  stop(server, opener, watching, signals, std::chrono::seconds(options.drain));
  watching.stop();
  return 0;
}

/// For a container that wants to know.
int tell_whether_ready(config::Options const& options) {
  constexpr std::chrono::seconds limit{4};
  auto const answer = ask_ready(options.admin_hostname, *options.admin_port, limit);
  std::cout << printable(answer.text) << std::endl;
  return answer.is_ready ? 0 : not_ready;
}

/// Closed at the start (`restapi <&- >&- 2>&-`), 0, 1 or 2 would be the number of the next file or connection, and what
/// is printed would be written into that.
void reserve_standard_descriptors() {
  int opened = 0;
  while (opened >= 0 && opened <= STDERR_FILENO) opened = ::open("/dev/null", O_RDWR);
  if (opened > STDERR_FILENO) ::close(opened);
}

/// The log ends with the program, and not when its reader likes to.
struct Closing {
  observation::MainLog& log;
  ~Closing() { log.close(); }
};

int run(int count, char** arguments) try {
  auto read = config::read_options({arguments + 1, arguments + count}, config::process_environment());
  if (auto const* goodbye = std::get_if<config::EarlyExit>(&read)) {
    std::cout << goodbye->text << std::flush;
    return 0;
  }
  auto options = std::get<config::Options>(std::move(read));
  if (auto const script = feed_script(options); !script.empty() && options.mistakes.empty()) {
    std::cout << script << std::flush;
    return 0;
  }
  if (options.ready) return options.mistakes.empty() ? tell_whether_ready(options) : refuse(options);
  auto inherited = attempt("systemd.socket(5) says how to pass one", net::take_inherited_socket);  // before any thread
  // The log goes to standard error: standard output is for the person who started the server.
  auto const log = std::make_shared<observation::MainLog>();
  spdlog::set_default_logger(std::make_shared<spdlog::logger>("restapi", log));
  spdlog::set_level(spdlog::level::from_str(options.log_level));
  Closing const closing{*log};
  if (!inherited) return refuse(inherited.error());
  listen_where(options, *inherited);
  return serve(options, *std::move(inherited), *log);
} catch (std::exception const& failure) {  // no memory, no threads: nothing that a person has typed
  auto const reason = is_want_of_threads(failure) ? fmt::format("{}; {}", no_threads, more_threads) : failure.what();
  std::fprintf(stderr, "restapi: %s\n", without_passwords(reason).c_str());
  return cannot_serve;
}

}  // namespace

int main(int count, char** arguments) {
  reserve_standard_descriptors();
  // A limit on the size of files (ulimit -f), and a reader who has gone, are then errors like a full disk's.
  std::signal(SIGXFSZ, SIG_IGN);
  std::signal(SIGPIPE, SIG_IGN);
  leave(run(count, arguments));
}
