// SPDX-License-Identifier: MIT
#include "store/changes/findings.hpp"

#include <algorithm>

namespace restapi::store {
namespace {

constexpr std::size_t most_objects = 1000;  // of a change

/// The change to which another object is added.
Change& open(std::vector<Change>& changes, model::Entity const& entity, Action action) {
  bool const goes_on = !changes.empty() && changes.back().entity == &entity && changes.back().action == action &&
                       changes.back().ids.size() < most_objects;
  if (!goes_on) changes.push_back({.entity = &entity, .action = action});
  return changes.back();
}

/// Of logs, say, nothing is kept.
template <class Item>
void drop_if_unknown(std::vector<Item>& items) {
  if (std::ranges::all_of(items, [](Item const& item) { return item == Item(); })) items.clear();
}

}  // namespace

std::vector<Change> Findings::changes() const {
  std::vector<Change> changes;
  for (auto at = found_.rbegin(); at != found_.rend(); ++at) {
    auto const* const entity = at->first;
    for (auto const& [id, gone] : at->second.deleted) {
      auto& change = open(changes, *entity, Action::deleted);
      change.ids.push_back(id);
      if (!entity->first.empty()) change.firsts.push_back(gone.row.first);
      if (!entity->second.empty()) change.seconds.push_back(gone.row.second);
      if (entity->uuid != model::KeptUuid::none) change.uuids.push_back(text_of(gone.uuid));
    }
  }
  for (auto& change : changes) {
    drop_if_unknown(change.firsts);
    drop_if_unknown(change.seconds);
    drop_if_unknown(change.uuids);
  }
  for (auto const& [entity, found] : found_) {
    for (auto const id : found.created) open(changes, *entity, Action::created).ids.push_back(id);
    for (auto const id : found.updated) {
      if (found.created.contains(id)) continue;
      auto& change = open(changes, *entity, Action::updated);
      if (entity->letter == 'n') change.fields = {true, true};  // which, nobody knows
      change.ids.push_back(id);
    }
  }
  return changes;
}

}  // namespace restapi::store
