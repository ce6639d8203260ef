// SPDX-License-Identifier: MIT
/// The resources, one table per file of this folder. Everyone else asks the Catalog.
#pragma once

#include <span>

#include "model/resource.hpp"

namespace restapi::model {

std::span<Resource const> node_resources();  ///< nodes first, then its kinds
Resource const& computers();
Resource const& users();
Resource const& groups();

// Those that are not listed: relations lead to them.
Resource const& links();
Resource const& comments();
Resource const& logs();

/// The expression every database has.
constexpr Expressions same(sql::Fragment sql) { return {Expression{"", sql}}; }

/// Read as `newer` if the column `needs` exists, otherwise as `older`.
constexpr Expressions moved(std::string_view needs, sql::Fragment newer, sql::Fragment older) {
  return {Expression{needs, newer}, Expression{"", older}};
}

}  // namespace restapi::model
