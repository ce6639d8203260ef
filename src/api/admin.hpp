// SPDX-License-Identifier: MIT
/// What machines ask about the server itself, on a port of its own: /live, /ready, /metrics.
#pragma once

#include <functional>
#include <string>

#include "api/application.hpp"
#include "api/readiness.hpp"
#include "api/server_names.hpp"

namespace restapi::api {

/// Any thread may call. All that it is given must outlive it.
class Admin final : public Application {
 public:
  /// `metrics` gives the text of /metrics; `names`: those that requests may have in Host.
  Admin(Readiness& readiness, std::function<std::string()> metrics, ServerNames names = {})
      : readiness_(readiness), metrics_(std::move(metrics)), names_(std::move(names)) {}

  Attempt attempt(Request const& request, Batch& batch, bool may_wait) override;
  Reply refuse(Error const& error) override;

 private:
  class Probe;

  Readiness& readiness_;
  std::function<std::string()> const metrics_;
  ServerNames const names_;
};

}  // namespace restapi::api
