// SPDX-License-Identifier: MIT
/// What the file of --config says.
#pragma once

#include <string>
#include <variant>
#include <vector>

#include "api/option_layer.hpp"
#include "api/options.hpp"

namespace restapi::api {

struct OptionFile {
  Layer common;  ///< above the sections
  /// What the file says about one profile; its name is a good one (api/profile_name.hpp).
  struct Section {
    std::string name;
    Layer layer;
  };
  std::vector<Section> sections;  ///< in the file's order
};

/// Goodbye: 2, and the bare reason with the file and the line.
std::variant<OptionFile, Goodbye> read_option_file(std::string const& path);

}  // namespace restapi::api
