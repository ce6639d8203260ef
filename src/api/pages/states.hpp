// SPDX-License-Identifier: MIT
/// The states of processes as a person reads them: "finished [0]", as `verdi process list` says it. Lists of /api/v2 do
/// not have the exit status, so it is asked for.
#pragma once

#include <map>
#include <nlohmann/json.hpp>
#include <string>

#include "api/pages/client.hpp"

namespace restapi::api::pages {

struct State {
  std::string text;  ///< empty: it has none
  std::string look;  ///< class of the style sheet: "succeeded", "failed", "running"
};

/// `state` as the database says it; `exit_status`: null where it has none.
State state_of(std::string const& state, nlohmann::json const& exit_status);

/// Of the nodes of a list, which needs at most one statement more: none where no process has finished.
class States {
 public:
  /// `nodes`: as /api/v2 gives them.
  States(Client const& client, nlohmann::json const& nodes);

  State of(nlohmann::json const& node) const;

 private:
  std::map<nlohmann::json, nlohmann::json> exit_statuses_;  // by id
};

}  // namespace restapi::api::pages
