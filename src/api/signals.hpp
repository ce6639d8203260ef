/// SIGINT, SIGTERM and SIGHUP as something to wait for.
#pragma once

#include <chrono>
#include <optional>

namespace restapi::api {

/// Made before any thread starts: the signals are blocked everywhere and come to a descriptor alone. One thread.
class Signals {
 public:
  /// `with_hangup`: SIGHUP as well; otherwise it ends the program, as it does when a terminal is closed. Throws
  /// std::system_error.
  explicit Signals(bool with_hangup);
  ~Signals();
  Signals(Signals const&) = delete;
  Signals& operator=(Signals const&) = delete;

  /// The next one, for which it waits.
  int take() const;

  /// The next one, if it comes within that time.
  std::optional<int> take_within(std::chrono::milliseconds limit) const;

 private:
  int descriptor_;
};

}  // namespace restapi::api
