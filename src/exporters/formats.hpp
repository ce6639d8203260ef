// SPDX-License-Identifier: MIT
/// Which files can be made of which data: the table of downloads.
#pragma once

#include <span>
#include <string_view>

#include "exporters/node.hpp"

namespace restapi::exporters {

struct Format {
  std::string_view name;  ///< also the ending of the file's name
  Exporter exporter;
};

struct ClassFormats {
  std::string_view node_class;      ///< as node_class() has it
  std::span<Format const> formats;  ///< by name
};

/// In the order in which they are told.
std::span<ClassFormats const> download_formats();

/// None where the class has none, or is unknown.
std::span<Format const> formats_of(std::string_view node_class);

/// Null where the class has no such format.
Format const* find_format(std::string_view node_class, std::string_view name);

}  // namespace restapi::exporters
