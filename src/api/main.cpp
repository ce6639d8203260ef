/// The command: options, source, store, service, server, in that order; ends with 0 after a signal, with 2 and one
/// sentence where something cannot be opened.
#include <fmt/format.h>
#include <fmt/ostream.h>
#include <pthread.h>
#include <spdlog/sinks/stdout_color_sinks.h>
#include <spdlog/spdlog.h>

#include <csignal>
#include <cstdio>
#include <functional>
#include <iostream>
#include <memory>

#include "api/http_server.hpp"
#include "api/metrics.hpp"
#include "api/observation.hpp"
#include "api/options.hpp"
#include "api/service.hpp"
#include "base/passwords.hpp"
#include "store/demo.hpp"
#include "store/progress_line.hpp"
#include "store/store.hpp"

namespace {

using namespace restapi;

constexpr int cannot_serve = 2;

int refuse(Error const& error) {
  auto const sentence = error.message + (error.hint.empty() ? "" : "; " + error.hint);
  std::cerr << "restapi: " << without_passwords(sentence) << '\n';
  return cannot_serve;
}

/// Signals are taken by sigwait() alone: blocked here, before any thread starts, they are blocked everywhere.
sigset_t block_signals(api::Options const& options) {
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGINT);
  sigaddset(&signals, SIGTERM);
  // Without a log to open anew SIGHUP ends the program, as it does when its terminal is closed.
  if (!options.access_log.empty()) sigaddset(&signals, SIGHUP);
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  return signals;
}

std::string host_in_urls(std::string const& hostname, std::uint16_t port) {
  bool const is_any = hostname == "0.0.0.0" || hostname == "::";
  bool const is_ipv6 = hostname.find(':') != hostname.npos;
  auto const host = is_any || hostname == "127.0.0.1" ? "localhost" : is_ipv6 ? "[" + hostname + "]" : hostname;
  return port == 0 ? host : fmt::format("{}:{}", host, port);  // 0: not known yet
}

void welcome(std::string const& source, std::string const& host, std::string const& admin_host) {
  auto const base = fmt::format("http://{}/api/v2", host);
  fmt::print(
      "restapi serves {}\n\n  {}\n\nWorth trying:\n"
      "  {}/nodes/page/1?perpage=5&orderby=-ctime\n"
      "  {}/nodes/?id>45&type=like=\"%data%\"\n"
      "  {}/nodes/statistics\n\n",
      source, base, base, base, base);
  if (!admin_host.empty()) fmt::print("Health and metrics: http://{}/ready and /metrics\n\n", admin_host);
  fmt::print("Ctrl-C stops it.\n");
  std::fflush(stdout);
}

Result<std::unique_ptr<api::Observation>> observe(api::Options const& options, store::Store& store,
                                                  std::string const& name) try {
  return std::make_unique<api::Observation>(options, store, name);
} catch (std::runtime_error const& error) {
  return Error{Code::source_refused, error.what()};
}

/// The port that a server listens on, or why it cannot.
template <class Start>
auto started(char const* hint, Start start) -> Result<decltype(start())> try {
  return start();
} catch (std::runtime_error const& error) {
  return Error{Code::source_refused, error.what(), hint};
}

int serve(api::Options const& options) {
  auto const signals = block_signals(options);
  auto surroundings = store::surroundings_of_this_process();
  surroundings.demo = store::demo_archive();
  surroundings.progress = store::progress_line(std::cerr, "unpacking the archive");
  auto source = store::open_source(options.wanted, surroundings);
  if (!source) return refuse(source.error());
  auto const name = source->name;
  auto const store = store::open_store(
      *std::move(source),
      {.connections = options.threads, .statement_timeout = std::chrono::seconds(options.statement_timeout)});
  if (!store) return refuse(store.error());

  api::ServiceOptions service_options{.policy = {.private_filters = options.private_filters},
                                      .cors_origin = options.cors_origin,
                                      .trusted_proxies = options.trusted_proxies,
                                      .host = host_in_urls(options.hostname, options.port),
                                      .cache = options.cache};
  api::Service service(**store, std::move(service_options));
  auto observation = observe(options, **store, name);
  if (!observation) return refuse(observation.error());
  auto& watching = **observation;
  if (auto* metrics = watching.metrics())
    metrics->add(api::Metrics::Kind::gauge, "restapi_remembered_bytes", "Memory that remembered answers take",
                 std::function<double()>([&service] { return static_cast<double>(service.remembered()); }));
  api::HttpServer server({.hostname = options.hostname, .port = options.port, .workers = options.threads}, service,
                         &watching.observer());
  auto const port = started("-H and -P choose another address", [&] { return server.start(); });
  if (!port) return refuse(port.error());
  auto const admin_port =
      started("--admin-hostname and --admin-port choose another address", [&] { return watching.start(); });
  if (!admin_port) return refuse(admin_port.error());
  welcome(name, host_in_urls(options.hostname, *port),
          *admin_port ? host_in_urls(options.admin_hostname, **admin_port) : "");
  int signal = 0;
  while (sigwait(&signals, &signal) == 0 && signal == SIGHUP) watching.reopen();
  spdlog::info("stopping");
  watching.drain();
  server.stop();
  watching.stop();
  return 0;
}

}  // namespace

int main(int count, char** arguments) try {
  auto const read = api::read_options({arguments + 1, arguments + count}, api::process_environment());
  if (auto const* goodbye = std::get_if<api::Goodbye>(&read)) {
    if (goodbye->exit_code == 0)
      std::cout << goodbye->text;
    else
      std::cerr << without_passwords(goodbye->text);
    return goodbye->exit_code;
  }
  auto const& options = std::get<api::Options>(read);
  // The log goes to standard error: standard output is for the person who started the server.
  spdlog::set_default_logger(spdlog::stderr_color_mt("restapi"));
  spdlog::set_level(spdlog::level::from_str(options.log_level));
  return serve(options);
} catch (std::exception const& failure) {  // no memory, no threads: nothing that a person has typed
  std::fprintf(stderr, "restapi: %s\n", without_passwords(failure.what()).c_str());
  return cannot_serve;
}
