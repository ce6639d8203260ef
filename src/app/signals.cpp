// SPDX-License-Identifier: MIT
#include "app/signals.hpp"

#include <poll.h>
#include <pthread.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <system_error>

namespace restapi::app {

namespace {

/// Whoever sends one of these wants an end: Ctrl-C, Ctrl-\, kill in its forms, `ulimit -t`. What is unpacked must not
/// stay behind. SIGABRT is left for who wants a core.
constexpr int ends[] = {SIGINT,  SIGTERM,   SIGQUIT, SIGXCPU, SIGUSR1, SIGUSR2,
                        SIGALRM, SIGVTALRM, SIGPROF, SIGIO,   SIGPWR};

bool is_ignored(int signal) {
  struct sigaction action {};
  return ::sigaction(signal, nullptr, &action) == 0 && action.sa_handler == SIG_IGN;
}

}  // namespace

Signals::Signals(bool hangup_reopens) : hangup_reopens_(hangup_reopens) {
  sigset_t signals;
  sigemptyset(&signals);
  for (int const signal : ends) sigaddset(&signals, signal);
  if (hangup_reopens || !is_ignored(SIGHUP)) sigaddset(&signals, SIGHUP);
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  descriptor_ = FileDescriptor(::signalfd(-1, &signals, SFD_CLOEXEC));
  if (!descriptor_.is_open()) throw std::system_error(errno, std::generic_category(), "signalfd");
}

Signals::Wish Signals::take() const {
  signalfd_siginfo signal{};
  while (::read(descriptor_.number(), &signal, sizeof signal) != sizeof signal) continue;
  return hangup_reopens_ && signal.ssi_signo == SIGHUP ? Wish::reopen_logs : Wish::end;
}

std::optional<Signals::Wish> Signals::take_within(std::chrono::milliseconds limit) const {
  pollfd watched{descriptor_.number(), POLLIN, 0};
  if (::poll(&watched, 1, static_cast<int>(limit.count())) <= 0) return std::nullopt;
  return take();
}

}  // namespace restapi::app
