// SPDX-License-Identifier: MIT
/// What was probably meant, where an answer is not what somebody hoped for.
#pragma once

#include <string>

#include "http/target.hpp"
#include "query/plan.hpp"
#include "store/rows.hpp"

namespace restapi::api::v2 {

/// What tells the object apart that a path names, where the rows, pk first, are none or several: digits alone may be
/// meant as a pk, and several objects may have one uuid. Empty: nothing.
std::string hint_of_id(query::ObjectPlan const& plan, store::Rows const& rows);

/// Of a list in which nothing was found: the filter that is the likely reason, and what would work. One line of ASCII,
/// whatever the client wrote; empty: nothing.
std::string hint_of_empty_list(query::View const& view, http::Target const& target);

}  // namespace restapi::api::v2
