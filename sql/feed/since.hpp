// SPDX-License-Identifier: MIT
/// A moment, for statements that look for the changes since then.
#pragma once

#include <cstdint>
#include <string>

namespace restapi::sql::feed {

/// Changes are looked for among the rows of transactions from `xmax` on and of those that were in progress: all changes
/// since then are there, and on a standby some from before as well.
struct Since {
  std::string epoch;        ///< what is written down under another one says nothing
  std::string xmax;         ///< a transaction id
  std::string in_progress;  ///< transaction ids below it, {1,2}
  std::uint64_t oldest;     ///< of all these
};

}  // namespace restapi::sql::feed
