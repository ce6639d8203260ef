// SPDX-License-Identifier: MIT
/// The type of a node and of its process in one text, `node_type|process_type`, as a filter. Pure.
#pragma once

#include <string>
#include <string_view>

#include "base/result.hpp"
#include "model/catalog.hpp"
#include "query/plan.hpp"

namespace restapi::api::v4 {

/// One half of it.
struct TypePart {
  std::string text;
  bool is_beginning = false;  ///< it was written with a % at its end
};

struct FullType {
  TypePart node, process;
};

/// wrong_type: there is not exactly one |, or a % stands elsewhere than at the end of a half.
Result<FullType> read_full_type(std::string_view written);

/// What nodes of it fulfil. An empty process type means that there is none.
query::Predicates predicates_of(FullType const& type, model::BoundResource const& nodes);

}  // namespace restapi::api::v4
