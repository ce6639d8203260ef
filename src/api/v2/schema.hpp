// SPDX-License-Identifier: MIT
/// The fields of a resource, as clients are told of them.
#pragma once

#include <string>

#include "query/view.hpp"

namespace restapi::api::v2 {

/// {"fields":{…},"ordering":[…]}
std::string schema_json(query::View const& view);

}  // namespace restapi::api::v2
