// SPDX-License-Identifier: MIT
#include "exporters/stored_file.hpp"

#include <nlohmann/json.hpp>

#include "exporters/not_possible.hpp"

namespace restapi::exporters {

Result<std::string> stored_file_name(Node const& node) {
  auto const attributes = nlohmann::json::parse(node.attributes, nullptr, false);
  auto const name = attributes.is_object() ? attributes.find("filename") : attributes.end();
  if (name == attributes.end() || !name->is_string()) return not_possible("the node has no attribute filename");
  return name->get<std::string>();
}

Result<std::string> stored_file(Node const& node) {
  auto const name = stored_file_name(node);
  if (!name) return name.error();
  return node.file(*name);
}

}  // namespace restapi::exporters
