// SPDX-License-Identifier: MIT
/// Bands as JSON: the format of AiiDA's band visualizer.
#pragma once

#include <string>

#include "base/result.hpp"
#include "exporters/bands.hpp"
#include "exporters/node.hpp"

namespace restapi::exporters {

/// `[{"length", "from", "to", "values": [[per point] per band], "x": [per point], "two_band_types"}, …]`, per segment.
std::string paths_json(Bands const& bands);

/// `{"label", "path", "paths", "original_uuid", "comments"}`; `path` has `[from, to]` of each segment with points
/// between its ends, and of an unlabelled path. Errors: those of read_bands.
Result<std::string> bands_json(Node const& node);

/// What is derived from a BandsData: `{"bands": …}`, the same without `comments`.
Result<std::string> bands_properties(Node const& node);

}  // namespace restapi::exporters
