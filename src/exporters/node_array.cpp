// SPDX-License-Identifier: MIT
#include "exporters/node_array.hpp"

#include <nlohmann/json.hpp>

#include "exporters/not_possible.hpp"

namespace restapi::exporters {

Result<std::vector<std::string>> array_names(std::string_view attributes) {
  constexpr std::string_view prefix = "array|";
  auto const document = nlohmann::json::parse(attributes, nullptr, false);
  if (!document.is_object()) return not_possible("the attributes of the node cannot be read");
  std::vector<std::string> names;
  for (auto const& [key, shape] : document.items())
    if (key.compare(0, prefix.size(), prefix) == 0) names.push_back(key.substr(prefix.size()));
  return names;
}

Result<Array> read_array(Node const& node, std::string_view name) {
  auto const bytes = node.file(std::string(name) + ".npy");
  if (!bytes) return bytes.error();
  return read_npy(*bytes);
}

}  // namespace restapi::exporters
