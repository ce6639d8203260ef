// SPDX-License-Identifier: MIT
/// The command: reads the options and does what they ask for; ends with 0 after a signal, with 2 and one sentence where
/// something cannot be opened.
#include <fcntl.h>
#include <spdlog/spdlog.h>
#include <unistd.h>

#include <chrono>
#include <csignal>
#include <cstdio>
#include <iostream>
#include <memory>
#include <optional>
#include <utility>
#include <variant>

#include "app/ask_ready.hpp"
#include "app/attempt.hpp"
#include "app/feed_script.hpp"
#include "app/program.hpp"
#include "app/shutdown.hpp"
#include "app/terminal.hpp"
#include "base/passwords.hpp"
#include "base/printable.hpp"
#include "config/options.hpp"
#include "net/inherited_socket.hpp"
#include "observation/main_log.hpp"

namespace {

using namespace restapi;
using namespace restapi::app;

/// An inherited socket says where we listen, whatever the options say; names, addresses in answers and the welcome
/// follow it.
void listen_where(config::Options& options, std::optional<net::ListeningSocket> const& inherited) {
  if (!inherited) return;
  options.hostname = inherited->hostname();
  options.port = inherited->port();
  spdlog::info("the inherited socket listens on port {} of {}; --hostname and --port have no effect", options.port,
               options.hostname);
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
  std::fprintf(stderr, "restapi: %s\n", sentence_of(reason_of(failure, "")).c_str());
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
