// SPDX-License-Identifier: MIT
/// How chemical elements are drawn.
#pragma once

#include <string_view>

namespace restapi::api::pages {

struct ElementLook {
  std::string_view colour;  ///< "#ff0d0d", as Jmol draws it
  double radius;            ///< the covalent one, in Å (B. Cordero et al., Dalton Trans. 2008, 2832)
};

/// By the symbol, "Si"; grey where it is none.
ElementLook element_look(std::string_view symbol);

}  // namespace restapi::api::pages
