// SPDX-License-Identifier: MIT
#include "store/changes/told_changes.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <random>
#include <utility>

#include "store/changes/change_rows.hpp"

namespace restapi::store {
namespace {

constexpr std::size_t most_of_batch = 250;

std::string random_epoch() {
  std::random_device random;
  return fmt::format("{:08x}{:08x}", random(), random());
}

/// How many objects of the change at its position a cursor has, where it lacks the rest.
std::optional<std::size_t> had_of_last(Cursor const& cursor) {
  bool const is_partly = cursor.within && !cursor.delivered.shows(static_cast<Xid>(cursor.within->position));
  return is_partly ? std::optional(std::size_t{cursor.within->index} + 1) : std::nullopt;
}

Snapshot up_to(std::int64_t position) { return {static_cast<Xid>(position) + 1}; }

}  // namespace

ToldChanges::ToldChanges(std::size_t kept) : kept_(kept), epoch_(random_epoch()) {}

void ToldChanges::tell(std::vector<Change> changes, ChangeTime at) {
  for (auto& change : changes) {
    change.position = ++last_;
    change.xid = static_cast<Xid>(last_);
    change.stamp = last_;
    change.at = at;
    objects_ += change.ids.size();
    changes_.push_back(std::move(change));
  }
  while (objects_ > kept_ && changes_.front().position <= begun_) {
    objects_ -= changes_.front().ids.size();
    changes_.pop_front();
  }
}

void ToldChanges::lose(Lost why) {
  // A position of its own, so that whoever asks for what there is now is behind it.
  lost_ = last_++;
  why_ = why;
  changes_.clear();
  objects_ = 0;
}

bool ToldChanges::is_at_end(Cursor const& cursor) const {
  return cursor.epoch == epoch_ && !had_of_last(cursor) && position_of(cursor) == last_;
}

Cursor ToldChanges::now() const { return {epoch_, up_to(last_), {}, {static_cast<Xid>(last_), last_, last_}}; }

std::optional<Lost> ToldChanges::examine(Cursor const& cursor) const {
  if (cursor.epoch != epoch_) return Lost::other_database;
  auto const position = position_of(cursor);
  if (position < 0 || position > last_) return Lost::undone;
  if (position <= lost_) return why_;
  auto const first = last_ - static_cast<std::int64_t>(changes_.size()) + 1;  // that is kept
  return position + (had_of_last(cursor) ? 0 : 1) < first ? std::optional(Lost::too_old) : std::nullopt;
}

std::variant<Batch, Lost> ToldChanges::read(Cursor const& cursor) const {
  if (auto const lost = examine(cursor)) return *lost;
  auto const position = position_of(cursor);
  Batch batch{.before = cursor};
  auto const had = had_of_last(cursor);
  if (!had) batch.before.delivered = up_to(position);
  auto const first = last_ - static_cast<std::int64_t>(changes_.size()) + 1;
  auto end = position;  // of what is delivered
  for (auto next = had ? position : position + 1; next <= last_; ++next) {
    if (batch.changes.size() == most_of_batch) break;
    end = next;
    auto const& change = changes_[static_cast<std::size_t>(next - first)];
    if (had && next == position) {
      if (*had >= change.ids.size()) continue;
      batch.changes.push_back(change);
      skip_objects(batch.changes.back(), *had);
      continue;
    }
    batch.changes.push_back(change);
  }
  batch.after = {epoch_, up_to(end), {}, {static_cast<Xid>(end), end, end}};
  batch.shown = batch.after.delivered;
  batch.is_whole = end == last_;
  return batch;
}

}  // namespace restapi::store
