// SPDX-License-Identifier: MIT
/// Resources that only relations lead to: their fields are keys of filters, under AiiDA's names in every version.
#pragma once

#include <span>

#include "query/view.hpp"

namespace restapi::api {

/// Comments, links, logs.
std::span<query::ResourceRow const> related_resources();

}  // namespace restapi::api
