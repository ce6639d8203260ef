// SPDX-License-Identifier: MIT
#include "exporters/comments.hpp"

#include "base/program_version.hpp"

namespace restapi::exporters {

std::array<std::string, 3> comment_lines() {
  return {"Created with restapi " + std::string(program_version()),
          "If you use it in a publication, please cite AiiDA:",
          "S. P. Huber et al., Scientific Data 7, 300 (2020), doi:10.1038/s41597-020-00638-4"};
}

std::string comments() {
  auto const lines = comment_lines();
  return lines[0] + "\n" + lines[1] + "\n" + lines[2];
}

}  // namespace restapi::exporters
