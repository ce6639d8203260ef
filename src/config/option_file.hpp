// SPDX-License-Identifier: MIT
/// What the file of --config says.
#pragma once

#include <string>
#include <variant>
#include <vector>

#include "config/option_layer.hpp"
#include "config/options.hpp"

namespace restapi::config {

struct OptionFile {
  Layer common;  ///< above the sections
  /// What the file says about one profile; its name is a good one (config/profile_name.hpp).
  struct Section {
    std::string name;
    Layer layer;
  };
  std::vector<Section> sections;  ///< in the file's order
};

/// EarlyExit: 2, and the bare reason with the file and the line.
std::variant<OptionFile, EarlyExit> read_option_file(std::string const& path);

}  // namespace restapi::config
