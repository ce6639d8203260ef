// SPDX-License-Identifier: MIT
/// Requests that took long: a warning in the main log that says where the time went.
#pragma once

#include <chrono>
#include <string>

#include "http/observer.hpp"

namespace restapi::observation {

/// `request h2k9xq-1f: :resource 200 in 1210 ms (queue 0.0 ms, version 0.1 ms, list 1203.4 ms, count 5.2 ms)`. Neither
/// the target nor any value of a client is in it, but for the id.
std::string slow_line(http::Finished const& finished);

/// Any thread.
class SlowRequests final : public http::Observer {
 public:
  explicit SlowRequests(std::chrono::milliseconds limit) : limit_(limit) {}

  void on_finished(http::Finished const& finished) override;

 private:
  std::chrono::milliseconds const limit_;
};

}  // namespace restapi::observation
