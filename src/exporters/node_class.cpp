// SPDX-License-Identifier: MIT
#include "exporters/node_class.hpp"

namespace restapi::exporters {

std::string_view node_class(std::string_view node_type) {
  constexpr std::string_view data = "data.", core = "core.";
  if (!node_type.starts_with(data) || !node_type.ends_with('.')) return {};
  node_type.remove_prefix(data.size());
  if (node_type.starts_with(core)) node_type.remove_prefix(core.size());
  // "data." itself, and "data.core.": nothing is left but perhaps the dot.
  if (node_type.empty()) return {};
  node_type.remove_suffix(1);
  return node_type;
}

}  // namespace restapi::exporters
