// SPDX-License-Identifier: MIT
/// What an exporter is given of a node. An exporter is a function from it to the bytes of a file; formats.hpp lists
/// them.
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "base/result.hpp"

namespace restapi::exporters {

struct Node {
  std::string uuid;        ///< 36 characters
  std::string label;       ///< UTF-8
  std::string attributes;  ///< a JSON object
  /// Reads a whole file of the node, by its path in the node's repository. Errors: those of the repository.
  std::function<Result<std::string>(std::string_view path)> file;
};

/// Errors: export_not_possible where the node has not what the format needs, with a sentence that says what.
using Exporter = Result<std::string> (*)(Node const& node);

}  // namespace restapi::exporters
