// SPDX-License-Identifier: MIT
/// What is shown of a tag, and what rows are ordered by: names of columns, each with its options.
#pragma once

#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/json_value.hpp"
#include "base/result.hpp"
#include "query/builder/entities.hpp"
#include "query/builder/place.hpp"
#include "query/builder/plan.hpp"

namespace restapi::query::builder {

/// Names in the answer instead of those of the columns.
using KeyMap = std::map<std::string, std::string, std::less<>>;

/// One item or a list of them: "id", {"attributes.energy": {"cast": "f"}}, "**".
Result<std::vector<Output>> read_outputs(Kind kind, JsonValue const& items, KeyMap const& keys, Reading const& reading,
                                         Place const& place);

/// The same form: "id", {"ctime": "desc"}, {"attributes.energy": {"order": "asc", "cast": "f"}}. Of no vertex yet.
Result<std::vector<OrderTerm>> read_order(Kind kind, JsonValue const& items, Reading const& reading,
                                          Place const& place);

}  // namespace restapi::query::builder
