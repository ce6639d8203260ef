// SPDX-License-Identifier: MIT
/// Graphs in the language of Graphviz (https://graphviz.org/doc/info/lang.html): `dot -Tpdf graph.dot`.
#pragma once

#include <string>

#include "api/graph/drawing.hpp"
#include "base/answer_limits.hpp"

namespace restapi::api {

/// Throws Interrupted.
std::string dot_of(Drawing const& drawing, AnswerLimits& limits);

}  // namespace restapi::api
