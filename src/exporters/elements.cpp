// SPDX-License-Identifier: MIT
#include "exporters/elements.hpp"

#include <algorithm>
#include <iterator>

namespace restapi::exporters {
namespace {

// By atomic number; a period of the periodic table begins with each line but the first.
// clang-format off
constexpr std::string_view symbols[] = {
    "X",
    "H", "He",
    "Li", "Be", "B", "C", "N", "O", "F", "Ne",
    "Na", "Mg", "Al", "Si", "P", "S", "Cl", "Ar",
    "K", "Ca", "Sc", "Ti", "V", "Cr", "Mn", "Fe", "Co", "Ni", "Cu", "Zn", "Ga", "Ge", "As", "Se", "Br", "Kr",
    "Rb", "Sr", "Y", "Zr", "Nb", "Mo", "Tc", "Ru", "Rh", "Pd", "Ag", "Cd", "In", "Sn", "Sb", "Te", "I", "Xe",
    "Cs", "Ba", "La", "Ce", "Pr", "Nd", "Pm", "Sm", "Eu", "Gd", "Tb", "Dy", "Ho", "Er", "Tm", "Yb", "Lu", "Hf", "Ta", "W", "Re", "Os", "Ir", "Pt", "Au", "Hg", "Tl", "Pb", "Bi", "Po", "At", "Rn",
    "Fr", "Ra", "Ac", "Th", "Pa", "U", "Np", "Pu", "Am", "Cm", "Bk", "Cf", "Es", "Fm", "Md", "No", "Lr", "Rf", "Db", "Sg", "Bh", "Hs", "Mt", "Ds", "Rg", "Cn", "Nh", "Fl", "Mc", "Lv", "Ts", "Og",
};
// clang-format on
static_assert(std::size(symbols) == 119);

}  // namespace

std::optional<int> atomic_number(std::string_view symbol) {
  auto const found = std::find(std::begin(symbols), std::end(symbols), symbol);
  if (found == std::end(symbols)) return std::nullopt;
  return static_cast<int>(found - std::begin(symbols));
}

}  // namespace restapi::exporters
