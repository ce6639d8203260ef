// SPDX-License-Identifier: MIT
/// The question that `restapi --ready` asks a running server: is it ready? For containers, which have no curl.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>

namespace restapi::app {

struct ReadyAnswer {
  bool is_ready = false;
  std::string text;  ///< for people: the answer of /ready, or why there is none; without a line break
};

/// Asks /ready at the admin port of a server that listens on `hostname` (observation/admin.hpp). Waits `limit` at most,
/// and reads 64 KiB at most. Whatever is not our own answer is neither a yes nor shown.
ReadyAnswer ask_ready(std::string const& hostname, std::uint16_t port, std::chrono::milliseconds limit);

}  // namespace restapi::app
