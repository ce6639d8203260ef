// SPDX-License-Identifier: MIT
/// What AiiDA's server calls the classes behind the resources.
#pragma once

#include <string_view>

namespace restapi::api::v4 {

struct ClassName {
  std::string_view resource, class_name;
};

inline constexpr ClassName class_names[] = {
    {"nodes", "Node"},
    {"computers", "Computer"},
    {"groups", "Group"},
    {"users", "User"},
    {"processes", "ProcessNode"},
    {"calcjobs", "CalcJobNode"},
    {"querybuilder", "QueryBuilder"},
};

/// Empty: there is none.
constexpr std::string_view class_name_of(std::string_view resource) {
  for (auto const& row : class_names)
    if (row.resource == resource) return row.class_name;
  return {};
}

}  // namespace restapi::api::v4
