// SPDX-License-Identifier: MIT
/// Entries of the log of a live feed, made by hand.
#pragma once

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "api/feed/log.hpp"

namespace restapi::test {

/// A change with what was read of its objects.
struct ToldChange {
  store::Change change;
  api::feed::ToldObjects objects = {};
};

/// Of an entity, with one object for each id.
inline store::Change change(char letter, store::Action action, std::vector<std::int64_t> ids) {
  return {.entity = model::find_entity(letter), .action = action, .ids = std::move(ids)};
}

/// A batch of transactions 100, 101, …
inline api::feed::Entry entry(std::vector<ToldChange> told, std::shared_ptr<api::feed::Details const> details = {}) {
  store::Batch batch;
  batch.before = {"e", {100, {}}, {}, {99, 9, 0}};
  std::vector<api::feed::ToldObjects> objects;
  std::int64_t position = 10;
  for (auto& [change, read] : told) {
    change.position = position++;
    change.xid = static_cast<store::Xid>(90 + position);
    batch.changes.push_back(std::move(change));
    objects.push_back(std::move(read));
  }
  auto const next = static_cast<store::Xid>(91 + position);
  batch.shown = {next, {}};
  batch.after = {"e", batch.shown, {}, {next - 1, position - 1, 0}};
  return {std::move(batch), std::move(objects), false, {.details = std::move(details)}};
}

}  // namespace restapi::test
