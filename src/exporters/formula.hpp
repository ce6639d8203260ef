// SPDX-License-Identifier: MIT
/// Chemical formulas in Hill's order (E. A. Hill, J. Am. Chem. Soc. 22, 478 (1900)), as AiiDA writes them.
#pragma once

#include <string>
#include <vector>

#include "exporters/structure.hpp"

namespace restapi::exporters {

/// A component of a kind as text: "Ge" and "0.40". The weight is empty where it says nothing.
struct ComponentText {
  std::string symbol;
  std::string weight;
};

/// In the order in which they are written. A kind of one element of weight 1 has that alone; others have all weights
/// with two decimals, and "X" for what is missing to 1.
std::vector<ComponentText> component_texts(Kind const& kind);

/// "Si", "{Ge0.40Si0.60}", "{Na0.80X0.20}".
std::string symbol_text(Kind const& kind);

/// All sites: "C2H6O", "Fe2{Ge0.40Si0.60}". Where there is carbon, it stands first and hydrogen second.
std::string formula(Structure const& structure);

/// The same with the counts divided by their greatest common divisor: "O2Si" for Si2O4.
std::string reduced_formula(Structure const& structure);

}  // namespace restapi::exporters
