// SPDX-License-Identifier: MIT
#include "store/changes/change.hpp"

namespace restapi::store {

Cursor Batch::after_object(std::size_t change, std::size_t index) const {
  auto const& row = changes[change];
  if (change + 1 == changes.size() && index + 1 >= row.ids.size()) return after;
  auto const place = row.place(index);
  return {before.epoch,
          before.delivered,
          Cursor::Within{shown, place.position, place.index},
          {row.xid, row.position, row.stamp}};
}

Cursor Batch::before_object(std::size_t change, std::size_t index) const {
  if (index > 0) return after_object(change, index - 1);
  if (change == 0) return before;
  auto const& former = changes[change - 1];
  return after_object(change - 1, former.ids.empty() ? 0 : former.ids.size() - 1);
}

}  // namespace restapi::store
