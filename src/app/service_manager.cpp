// SPDX-License-Identifier: MIT
#include "app/service_manager.hpp"

#include <fmt/format.h>
#include <systemd/sd-daemon.h>

#include <algorithm>
#include <string>

namespace restapi::app {
namespace {

/// Assignments are separated by line ends.
std::string on_one_line(std::string_view text) {
  std::string line(text);
  std::ranges::replace(line, '\n', ' ');
  return line;
}

}  // namespace

void notify_ready(std::string_view status) {
  ::sd_notify(0, fmt::format("READY=1\nSTATUS={}", on_one_line(status)).c_str());
}

void notify_stopping() { ::sd_notify(0, "STOPPING=1\nSTATUS=stopping"); }

void notify_failed(std::string_view reason) { ::sd_notify(0, fmt::format("STATUS={}", on_one_line(reason)).c_str()); }

}  // namespace restapi::app
