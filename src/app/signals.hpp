// SPDX-License-Identifier: MIT
/// Signals as something to wait for: SIGHUP, and all that would end the program before it has tidied up.
#pragma once

#include <chrono>
#include <optional>

#include "base/file_descriptor.hpp"

namespace restapi::app {

/// Made before any thread starts: the signals are blocked everywhere and come to a descriptor alone. One thread.
class Signals {
 public:
  /// What a signal asks for.
  enum class Wish { end, reopen_logs };

  /// `hangup_reopens`: SIGHUP means that logs are to be opened anew. Otherwise it means the end, as when a terminal is
  /// closed, unless it was ignored at the start, as nohup has it. Throws std::system_error.
  explicit Signals(bool hangup_reopens);

  /// The next one, for which it waits.
  Wish take() const;

  /// The next one, if it comes within that time.
  std::optional<Wish> take_within(std::chrono::milliseconds limit) const;

 private:
  bool const hangup_reopens_;
  FileDescriptor descriptor_;
};

}  // namespace restapi::app
