// SPDX-License-Identifier: MIT
#include "source/progress_line.hpp"

#include <fmt/format.h>

#include <ostream>

#include "source/archive.hpp"

namespace restapi::source {

Progress progress_line(std::ostream& out, std::string what, Clock now) {
  auto const start = now();
  return [&out, what = std::move(what), now = std::move(now), last = start, is_shown = false](
             std::uint64_t done, std::uint64_t total) mutable {
    bool const is_complete = done >= total;
    if (is_complete && !is_shown) return true;
    auto const time = now();
    if (!is_complete && time - last < std::chrono::seconds(1)) return true;
    last = time;
    is_shown = !is_complete;
    auto const percent =
        total == 0 ? 100 : static_cast<int>(100.0 * static_cast<double>(done) / static_cast<double>(total));
    out << fmt::format("\runpacking {}: {} % of {}{}", what, percent, readable_size(total), is_complete ? "\n" : "")
        << std::flush;
    return true;
  };
}

}  // namespace restapi::source
