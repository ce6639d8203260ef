// SPDX-License-Identifier: MIT
/// What a connection keeps of a request until its answer has been told to the observer.
#pragma once

#include <cstddef>
#include <string>

#include "http/preferences.hpp"
#include "net/connection.hpp"

namespace restapi::http {

/// The strings are assigned to, so that their memory serves the next one.
struct Asked {
  // Beyond, memory is given back after the answer: an idle connection should cost little.
  static constexpr std::size_t idle_capacity = 512;

  std::string method;
  std::string target;
  std::string user_agent;
  std::string id;
  std::string client;
  net::Connection::Clock::time_point arrived;
  Preferences prefers = {};

  void forget() {
    for (auto* text : {&target, &user_agent})
      if (text->capacity() > idle_capacity) std::string().swap(*text);
  }
};

}  // namespace restapi::http
