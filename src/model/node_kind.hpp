// SPDX-License-Identifier: MIT
/// Which kinds a node is of, by its type, where the database need not be asked: the conditions of resources/nodes.cpp
/// once more, for both generations of AiiDA (a unit test compares them).
#pragma once

#include <span>
#include <string_view>

namespace restapi::model {

struct NodeKind {
  std::string_view name;                            ///< of the resource: "structures"
  std::span<std::string_view const> includes;       ///< what the type begins with
  std::span<std::string_view const> excludes = {};  ///< and what it does not begin with

  bool has(std::string_view type) const;
};

/// In the order of documents: calculations, codes, data, structures, kpoints, bands, cifs, upfs.
std::span<NodeKind const> node_kinds();

}  // namespace restapi::model
