// SPDX-License-Identifier: MIT
/// One line on a terminal that says how far a long unpacking is; nothing at all for a short one.
#pragma once

#include <chrono>
#include <functional>
#include <iosfwd>
#include <string>

#include "source/source.hpp"

namespace restapi::source {

using Clock = std::function<std::chrono::steady_clock::time_point()>;

/// A Progress that writes `unpacking big.aiida: 41 % of 12.3 GB` to `out` once a second has passed, and again every
/// second; the line is rewritten in place (`\r`) and ended when all is done. Never stops the unpacking.
/// `out` must outlive it; one thread.
Progress progress_line(std::ostream& out, std::string what, Clock now = std::chrono::steady_clock::now);

}  // namespace restapi::source
