/// The command: options, source, store, service, server, in that order; ends with 0 after a signal, with 2 and one
/// sentence where something cannot be opened.
#include <fmt/format.h>
#include <fmt/ostream.h>
#include <pthread.h>
#include <spdlog/sinks/stdout_color_sinks.h>
#include <spdlog/spdlog.h>

#include <csignal>
#include <cstdio>
#include <iostream>

#include "api/http_server.hpp"
#include "api/options.hpp"
#include "api/service.hpp"
#include "base/printable.hpp"
#include "store/demo.hpp"
#include "store/progress_line.hpp"
#include "store/store.hpp"

namespace {

using namespace restapi;

constexpr int cannot_serve = 2;

int refuse(Error const& error) {
  // File names, and names that a stranger's database gives to its tables, go to a terminal.
  std::cerr << "restapi: " << printable(error.message + (error.hint.empty() ? "" : "; " + error.hint)) << '\n';
  return cannot_serve;
}

/// Signals are taken by sigwait() alone: blocked here, before any thread starts, they are blocked everywhere.
sigset_t block_stop_signals() {
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGINT);
  sigaddset(&signals, SIGTERM);
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  return signals;
}

std::string host_in_urls(std::string const& hostname, std::uint16_t port) {
  bool const is_any = hostname == "0.0.0.0" || hostname == "::";
  bool const is_ipv6 = hostname.find(':') != hostname.npos;
  auto const host = is_any || hostname == "127.0.0.1" ? "localhost" : is_ipv6 ? "[" + hostname + "]" : hostname;
  return port == 0 ? host : fmt::format("{}:{}", host, port);  // 0: not known yet
}

void welcome(std::string const& source, std::string const& host) {
  auto const base = fmt::format("http://{}/api/v2", host);
  fmt::print(
      "restapi serves {}\n\n  {}\n\nWorth trying:\n"
      "  {}/nodes/page/1?perpage=5&orderby=-ctime\n"
      "  {}/nodes/?id>45&type=like=\"%data%\"\n"
      "  {}/nodes/statistics\n\nCtrl-C stops it.\n",
      source, base, base, base, base);
  std::fflush(stdout);
}

int serve(api::Options const& options) {
  auto const signals = block_stop_signals();
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
  api::HttpServer server({.hostname = options.hostname, .port = options.port, .workers = options.threads}, service);
  try {
    welcome(name, host_in_urls(options.hostname, server.start()));
  } catch (std::runtime_error const& error) {
    return refuse({Code::source_refused, error.what(), "-H and -P choose another address"});
  }
  int signal = 0;
  sigwait(&signals, &signal);
  spdlog::info("stopping");
  server.stop();
  return 0;
}

}  // namespace

int main(int count, char** arguments) try {
  // A limit on the size of files (ulimit -f) is then an error like a full disk's.
  std::signal(SIGXFSZ, SIG_IGN);
  auto const read = api::read_options({arguments + 1, arguments + count}, api::process_environment());
  if (auto const* goodbye = std::get_if<api::Goodbye>(&read)) {
    (goodbye->exit_code == 0 ? std::cout : std::cerr) << goodbye->text;
    return goodbye->exit_code;
  }
  auto const& options = std::get<api::Options>(read);
  // The log goes to standard error: standard output is for the person who started the server.
  spdlog::set_default_logger(spdlog::stderr_color_mt("restapi"));
  spdlog::set_level(spdlog::level::from_str(options.log_level));
  return serve(options);
} catch (std::exception const& failure) {  // no memory, no threads: nothing that a person has typed
  std::fprintf(stderr, "restapi: %s\n", failure.what());
  return cannot_serve;
}
