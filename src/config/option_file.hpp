// SPDX-License-Identifier: MIT
/// What the file of --config says.
#pragma once

#include <string>
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
    std::string place;  ///< for messages: `"restapi.toml", line 7, section [mc3d]`
  };
  std::vector<Section> sections;  ///< in the file's order
};

/// `name`: what messages call the file. They say the line; settings that are wrong are left out.
OptionFile read_option_file(std::string const& path, std::string const& name, Mistakes& mistakes);

}  // namespace restapi::config
