// SPDX-License-Identifier: MIT
/// Lines over an axis, drawn.
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace restapi::api::pages {

struct Plot {
  struct Mark {
    double x;
    std::string label;
  };
  struct Line {
    std::vector<double> x, y;  ///< as many of each; not finite: the line is interrupted
  };
  std::string name;       ///< for who does not see it: "Band structure"
  std::string unit = {};  ///< of y; empty: unknown
  std::vector<Line> lines = {};
  std::vector<Mark> marks = {};      ///< vertical lines; none: x has numbers
  std::optional<double> level = {};  ///< a horizontal line
  std::string level_name = {};
};

/// HTML; empty: there is nothing to draw. Of long lines every n-th point is drawn.
std::string plot_of(Plot const& plot);

}  // namespace restapi::api::pages
