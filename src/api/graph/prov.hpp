// SPDX-License-Identifier: MIT
/// Graphs as W3C PROV, for other programs that read provenance: PROV-JSON (W3C member submission of 24 April 2013) of
/// PROV-DM. Data are entities, processes are activities, users are agents. A node is `urn:uuid:` and its uuid,
/// whichever server it comes from.
#pragma once

#include <cstddef>
#include <string>

#include "api/answer.hpp"
#include "base/answer_limits.hpp"

namespace restapi::api {

/// The fields of a node that are told. The projection of the graph begins with them, in this order, whatever a version
/// of the API calls them.
enum ProvField : std::size_t {
  prov_uuid,
  prov_label,
  prov_type,
  prov_ctime,
  prov_user_id,
  prov_first_name,
  prov_last_name
};

/// `users_url`: the URL of a user without the id. Throws Interrupted.
std::string prov_of(Graph const& graph, std::string const& users_url, AnswerLimits& limits);

}  // namespace restapi::api
