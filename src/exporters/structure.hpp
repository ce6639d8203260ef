// SPDX-License-Identifier: MIT
/// A crystal or a molecule as AiiDA keeps it: the attributes of a StructureData.
#pragma once

#include <array>
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "exporters/cell.hpp"

namespace restapi::exporters {

/// How often an element is found at a site, from 0 to 1.
struct Component {
  std::string symbol;  ///< of an element, or "X" for an unknown one
  double weight;
};

/// What may stand at a site. Several components: an alloy.
struct Kind {
  std::string name;
  std::vector<Component> components;  ///< one at least

  /// The weights do not sum up to 1.
  bool has_vacancies() const;
};

struct Site {
  std::size_t kind;  ///< an index
  Vector position;   ///< Å
};

struct Structure {
  Cell cell;
  std::array<bool, 3> is_periodic;  ///< along each of the cell vectors
  std::vector<Kind> kinds;          ///< each of another name; there may be some without sites
  std::vector<Site> sites;
};

/// Requires `attributes` as in Node. All numbers are finite, but they may be of any size. Error: export_not_possible.
Result<Structure> read_structure(std::string_view attributes);

/// The symbol at each site, for formats that know neither alloys nor vacancies. The symbols belong to the structure.
/// Error: export_not_possible, with the name of the format.
Result<std::vector<std::string_view>> plain_symbols(Structure const& structure, std::string_view format);

}  // namespace restapi::exporters
