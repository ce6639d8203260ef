// SPDX-License-Identifier: MIT
/// The changes that have been found by looking, for as long as somebody may still ask for them. Nothing of it outlives
/// the object, so its cursors do not either: they have an epoch of their own.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <string>
#include <variant>
#include <vector>

#include "store/changes/change.hpp"
#include "store/changes/change_source.hpp"

namespace restapi::store {

class ToldChanges {
 public:
  /// `kept`: so many objects at most, beside those that have been told since begin().
  explicit ToldChanges(std::size_t kept);

  /// What is told from now on is kept till the next time.
  void begin() { begun_ = last_; }

  /// Gives them their places, one after the other, each as a transaction of its own.
  void tell(std::vector<Change> changes, ChangeTime at);

  /// Something has happened that cannot be told: whoever has what there is up to now lacks it.
  void lose(Lost why);

  /// Whether it has nothing that the cursor lacks. False for cursors of another epoch.
  bool is_at_end(Cursor const& cursor) const;

  Cursor now() const;
  std::variant<Batch, Lost> read(Cursor const& cursor) const;
  std::optional<Lost> examine(Cursor const& cursor) const;

 private:
  std::size_t const kept_;
  std::string const epoch_;
  std::deque<Change> changes_;  // the last one is at last_
  std::size_t objects_ = 0;     // of all
  std::int64_t last_ = 0;       // position
  std::int64_t begun_ = 0;      // position
  std::int64_t lost_ = -1;      // position: whoever is here or before it lacks something that is not told
  Lost why_ = Lost::too_old;
};

}  // namespace restapi::store
