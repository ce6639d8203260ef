/// SIGINT and SIGTERM as something to wait for.
#pragma once

#include <chrono>

namespace restapi::api {

/// Made before any thread starts: the signals are blocked everywhere and come to a descriptor alone. One thread.
class StopSignals {
 public:
  /// Throws std::system_error.
  StopSignals();
  ~StopSignals();
  StopSignals(StopSignals const&) = delete;
  StopSignals& operator=(StopSignals const&) = delete;

  /// Until one arrives, and takes it.
  void take() const;

  /// Whether one has arrived that nobody took; waits for it for at most so long.
  bool has_one(std::chrono::milliseconds limit = std::chrono::milliseconds{0}) const;

 private:
  int descriptor_;
};

}  // namespace restapi::api
