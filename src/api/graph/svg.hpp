// SPDX-License-Identifier: MIT
/// Graphs as pictures, for browsers and for papers (SVG 1.1). Nothing in them runs or is loaded.
#pragma once

#include <string>

#include "api/graph/drawing.hpp"
#include "base/answer_limits.hpp"

namespace restapi::api {

/// Throws Interrupted.
std::string svg_of(Drawing const& drawing, AnswerLimits& limits);

}  // namespace restapi::api
