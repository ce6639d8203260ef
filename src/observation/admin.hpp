// SPDX-License-Identifier: MIT
/// What machines ask about the server itself, on a port of its own: /live, /ready, /metrics.
#pragma once

#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "http/application.hpp"
#include "http/server_names.hpp"
#include "observation/readiness.hpp"

namespace restapi::observation {

/// Profiles that nobody can read before they are mended: their names and why, without passwords.
using BrokenProfiles = std::vector<std::pair<std::string, std::string>>;

/// A profile whose live feed somebody listens to.
struct FollowedProfile {
  std::string profile;
  std::string source;  ///< what its changes are learnt from
  std::string why;     ///< what is installed is not used; or empty
};
using FollowedProfiles = std::vector<FollowedProfile>;

/// Any thread may call. All that it is given must outlive it.
class Admin final : public http::Application {
 public:
  /// `metrics` gives the text of /metrics, `broken` and name_followed() what /ready names beside whether
  /// the server is ready; none of them waits. `names`: those that requests may have in Host.
  Admin(
      Readiness& readiness, std::function<std::string()> metrics,
      std::function<BrokenProfiles()> broken = [] { return BrokenProfiles(); }, http::ServerNames names = {})
      : readiness_(readiness), metrics_(std::move(metrics)), broken_(std::move(broken)), names_(std::move(names)) {}

  /// Before the first request.
  void name_followed(std::function<FollowedProfiles()> followed) { followed_ = std::move(followed); }

  http::Attempt attempt(http::Request const& request, http::Batch& batch, bool may_wait) override;
  http::Reply refuse(Error const& error) override;

 private:
  class Probe;

  http::Response answer_of(Readiness::State const& state) const;

  Readiness& readiness_;
  std::function<std::string()> const metrics_;
  std::function<BrokenProfiles()> const broken_;
  std::function<FollowedProfiles()> followed_ = [] { return FollowedProfiles(); };
  http::ServerNames const names_;
};

}  // namespace restapi::observation
