// SPDX-License-Identifier: MIT
/// The tables of the door "rows": AiiDA's, and those of the nodes by kind.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "model/entity.hpp"
#include "model/node_kind.hpp"

namespace restapi::api::feed::rows {

struct Table {
  int id;                 ///< as clients say
  std::string_view name;  ///< likewise
  model::Entity const* entity;
  model::NodeKind const* kind = nullptr;  ///< of the nodes that are in it; null: all
};

/// 1 nodes, 2–9 their kinds, 10–16 the others.
std::span<Table const> tables();

/// By number or name; null: there is none.
Table const* find_table(int id);
Table const* find_table(std::string_view name);

}  // namespace restapi::api::feed::rows
