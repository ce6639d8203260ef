// SPDX-License-Identifier: MIT
/// What is said of changed objects: read when their change is told, once for everybody who listens.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <unordered_map>
#include <vector>

#include "api/cache/totals.hpp"
#include "api/version.hpp"
#include "store/changes/change.hpp"
#include "store/store.hpp"

namespace restapi::api::feed {

struct ToldObject {
  std::string json;  ///< as /api/v2 shows it in a list; without white space
  std::string uuid = {};
  std::string type = {};  ///< of a node, or of the node of a comment (model/node_kind.hpp)
  std::optional<std::int64_t> first = {},
                              second = {};  ///< the ends of a link or membership, the node of a comment or log
};

/// Of a change, in the order of its ids. Nothing: the object is not there any more, even if another one has its id now.
using ToldObjects = std::vector<std::optional<ToldObject>>;

struct ReadObjects {
  ToldObjects told;
  std::vector<std::int64_t> gone = {};  ///< ids under which nothing is any more
};

/// Of created and updated objects; of others empty. The store is read from now, so what is there may be newer than the
/// change, and never older. `version`: of the API, whose rows these are. Errors as of Reader::read.
Result<ReadObjects> read_objects(store::Change const& change, store::Store& store, ApiVersion const& version,
                                 Totals& totals);

}  // namespace restapi::api::feed
