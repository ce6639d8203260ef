// SPDX-License-Identifier: MIT
/// SQLite gives the id of the newest row again when that has been deleted. So what is found under the id of a change
/// may be the successor of what the change is about; its own changes follow.
#pragma once

#include <cstddef>
#include <span>
#include <string_view>

#include "api/feed/objects.hpp"
#include "store/changes/change.hpp"

namespace restapi::api::feed {

/// Of uuids in any shape; where one is not known, false.
bool is_successor(std::string_view then, std::string_view now);

/// Of what was read behind the objects, by id: forgets what has come in the place of one of them meanwhile. `letter`:
/// of the entity. `objects`: one for each change.
template <class ById>
void erase_successors(ById& found, char letter, store::Batch const& batch, std::span<ToldObjects const> objects) {
  for (std::size_t i = 0; i < objects.size(); ++i) {
    auto const& change = batch.changes[i];
    if (change.entity->letter != letter) continue;
    for (std::size_t k = 0; k < objects[i].size(); ++k) {
      auto const& object = objects[i][k];
      auto const one = found.find(change.ids[k]);
      if (object && one != found.end() && is_successor(object->uuid, one->second.uuid)) found.erase(one);
    }
  }
}

}  // namespace restapi::api::feed
