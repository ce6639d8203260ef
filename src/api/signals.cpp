#include "api/signals.hpp"

#include <poll.h>
#include <pthread.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <system_error>

namespace restapi::api {

Signals::Signals(bool with_hangup) {
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGINT);
  sigaddset(&signals, SIGTERM);
  if (with_hangup) sigaddset(&signals, SIGHUP);
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  descriptor_ = ::signalfd(-1, &signals, SFD_CLOEXEC);
  if (descriptor_ < 0) throw std::system_error(errno, std::generic_category(), "signalfd");
}

Signals::~Signals() { ::close(descriptor_); }

int Signals::take() const {
  signalfd_siginfo signal{};
  while (::read(descriptor_, &signal, sizeof signal) != sizeof signal) continue;
  return static_cast<int>(signal.ssi_signo);
}

std::optional<int> Signals::take_within(std::chrono::milliseconds limit) const {
  pollfd watched{descriptor_, POLLIN, 0};
  if (::poll(&watched, 1, static_cast<int>(limit.count())) <= 0) return std::nullopt;
  return take();
}

}  // namespace restapi::api
