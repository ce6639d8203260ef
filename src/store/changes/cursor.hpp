// SPDX-License-Identifier: MIT
/// Which changes of a database somebody has: a place that survives restarts of the server and of the database.
///
/// Of a SQLite file, and of a database in which nothing is installed, each change counts as a transaction of its own,
/// with its position as id. So one algebra serves all.
///
/// As a text a cursor means nothing to clients: `1/EPOCH/DELIVERED[/SHOWN/POSITION/INDEX]/XID.POSITION.STAMP` in
/// base64url.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "store/changes/snapshot.hpp"

namespace restapi::store {

/// Where a change is written down.
struct Place {
  Xid xid = 0;  ///< of the transaction that made it
  std::int64_t position =
      0;                    ///< of its row: drawn while the changed rows are locked, so changes of one row are in order
  std::uint32_t index = 0;  ///< within the row, which may be about a thousand objects

  bool operator==(Place const&) const = default;
};

struct Cursor {
  /// In the middle of a batch: of what `shown` shows and `delivered` does not, all up to this place.
  struct Within {
    Snapshot shown;
    std::int64_t position = 0;
    std::uint32_t index = 0;

    bool operator==(Within const&) const = default;
  };
  /// The last row of all that have been delivered. If it is gone, the database is another one, or has lost changes.
  struct Check {
    Xid xid = 0;  ///< 0: no row has been delivered
    std::int64_t position = 0;
    std::int64_t stamp = 0;  ///< its time, or another number that it alone has

    bool operator==(Check const&) const = default;
  };

  std::string epoch = {};   ///< of which database, and which of its lives; letters, digits, `.` and `-`
  Snapshot delivered = {};  ///< all changes that it shows
  std::optional<Within> within = {};
  Check check = {};

  bool has(Place const& place) const;

  std::string text() const;

  /// Nothing where the text is no cursor. Takes time proportional to the text.
  static std::optional<Cursor> parse(std::string_view text);

  bool operator==(Cursor const&) const = default;
};

/// Where each change is a transaction of its own, with its position as id: the position up to which all has been
/// delivered; of the one there, maybe, only the first objects (`within`).
std::int64_t position_of(Cursor const& cursor);

/// What somebody has who has all that `shown` shows. `certain`: the greatest id of a transaction that is known to be
/// committed.
Cursor at_end(Cursor const& before, Snapshot const& shown, Xid certain, Cursor::Check const& check);

}  // namespace restapi::store
