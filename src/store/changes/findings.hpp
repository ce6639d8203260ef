// SPDX-License-Identifier: MIT
/// What a look at the tables has found, made into changes.
#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <vector>

#include "store/changes/change.hpp"
#include "store/changes/known_rows.hpp"

namespace restapi::store {

class Findings {
 public:
  void created(model::Entity const& entity, std::int64_t id) { of(entity).created.insert(id); }
  void updated(model::Entity const& entity, std::int64_t id) { of(entity).updated.insert(id); }

  /// `row`: what is known of it. `uuid`: of the node that a membership named; else of the row.
  void deleted(model::Entity const& entity, KnownRows::Row const& row, Uuid const& uuid) {
    of(entity).deleted.insert_or_assign(row.id, Deleted{row, uuid});
  }

  /// An object has gone of which too little is known.
  void lose() { is_lost_ = true; }
  bool is_lost() const { return is_lost_; }

  /// Each object once for each action, a created one not as updated too; at most 1000 in a change. Deletions come
  /// first, the ends of what named something before that, so that an id may be given again; then what is there, in the
  /// order of model::entities(). Without place and time.
  std::vector<Change> changes() const;

 private:
  struct Deleted {
    KnownRows::Row row;
    Uuid uuid;
  };
  struct Found {
    std::set<std::int64_t> created, updated;
    std::map<std::int64_t, Deleted> deleted;
  };

  Found& of(model::Entity const& entity) { return found_[&entity]; }

  std::map<model::Entity const*, Found> found_;  // rows of one array, so in its order
  bool is_lost_ = false;
};

}  // namespace restapi::store
