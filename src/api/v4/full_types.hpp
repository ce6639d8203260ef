// SPDX-License-Identifier: MIT
/// The types of nodes as a tree of namespaces, which clients show as a menu. Pure.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/answer_limits.hpp"

namespace restapi::api::v4 {

/// How many nodes have these types. Each pair once.
struct CountedType {
  std::string node_type;
  std::string process_type;  ///< empty: none
  std::int64_t nodes = 0;
};

/// {"full_type":…,"label":…,"namespace":…,"path":…,"subspaces":[…]}, with "counter" where that is wanted and there are
/// nodes.
/// The database of a stranger may have any number of them. Throws Interrupted.
std::string full_types_json(std::vector<CountedType> const& types, bool with_counts, AnswerLimits& limits);

}  // namespace restapi::api::v4
