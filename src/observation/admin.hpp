// SPDX-License-Identifier: MIT
/// What machines ask about the server itself, on a port of its own: /live, /ready, /metrics.
#pragma once

#include <functional>
#include <string>

#include "http/application.hpp"
#include "http/server_names.hpp"
#include "observation/readiness.hpp"

namespace restapi::observation {

/// Any thread may call. All that it is given must outlive it.
class Admin final : public http::Application {
 public:
  /// `metrics` gives the text of /metrics; `names`: those that requests may have in Host.
  Admin(Readiness& readiness, std::function<std::string()> metrics, http::ServerNames names = {})
      : readiness_(readiness), metrics_(std::move(metrics)), names_(std::move(names)) {}

  http::Attempt attempt(http::Request const& request, http::Batch& batch, bool may_wait) override;
  http::Reply refuse(Error const& error) override;

 private:
  class Probe;

  Readiness& readiness_;
  std::function<std::string()> const metrics_;
  http::ServerNames const names_;
};

}  // namespace restapi::observation
