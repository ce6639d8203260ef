// SPDX-License-Identifier: MIT
/// Which transactions somebody has seen: PostgreSQL's snapshots, without their lower end, which follows from the rest.
/// https://www.postgresql.org/docs/15/functions-info.html#FUNCTIONS-PG-SNAPSHOT
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace restapi::store {

/// A transaction id, 64 bits wide: never given again, except to those that a crash has undone.
using Xid = std::uint64_t;

struct Snapshot {
  Xid xmax = 1;               ///< this one and later ones are not shown
  std::vector<Xid> xip = {};  ///< nor are these, which are below it and in order

  Xid xmin() const { return xip.empty() ? xmax : xip.front(); }

  bool shows(Xid xid) const;

  /// Whether it shows all that the other one shows.
  bool covers(Snapshot const& other) const;

  /// The same for transactions up to `last`; of later ones none is shown. PostgreSQL may give the ids of transactions
  /// once more that were not committed when it crashed, so what a snapshot shows is certain only up to the last one
  /// that is known to be committed.
  Snapshot up_to(Xid last) const;

  /// "xmin:xmax:xip,xip,…", as PostgreSQL writes it.
  std::string text() const;

  static std::optional<Snapshot> parse(std::string_view text);

  bool operator==(Snapshot const&) const = default;
};

}  // namespace restapi::store
