// SPDX-License-Identifier: MIT
#include "api/feed/log.hpp"

#include <algorithm>
#include <tuple>
#include <utility>

#include "store/changes/change_rows.hpp"

namespace restapi::api::feed {
namespace {

/// At once, so that whoever is far behind does not hold all of them.
constexpr std::size_t most_at_once = 16;

/// Of what doors send: clients choose among many filters.
constexpr std::size_t most_kept = 4;

/// Beside the texts of an object.
constexpr std::size_t around_object = 128;

std::size_t bytes_of(store::Change const& change) {
  return sizeof change + 8 * (change.ids.size() + change.firsts.size() + change.seconds.size()) +
         around_object * change.uuids.size();
}

}  // namespace

Entry::Entry(store::Batch batch, std::vector<ToldObjects> objects, bool is_resnapshot, Particulars particulars)
    : batch_(std::move(batch)),
      objects_(std::move(objects)),
      is_resnapshot_(is_resnapshot),
      particulars_(std::move(particulars)) {
  if (details()) bytes_ += details()->bytes();
  if (items()) bytes_ += items()->bytes();
  for (auto const& change : batch_.changes) bytes_ += bytes_of(change);
  for (auto const& all : objects_)
    for (auto const& object : all) bytes_ += around_object + (object ? object->json.size() : 0);
}

std::shared_ptr<void const> Entry::find_or_keep(std::string const& key,
                                                std::function<std::shared_ptr<void const>()> const& make) const {
  std::lock_guard const lock(mutex_);
  if (auto const known = written_.find(key); known != written_.end()) return known->second;
  auto made = make();
  if (written_.size() < most_kept) written_.emplace(key, made);
  return made;
}

// The parts of a batch have the same beginning.
bool is_behind(Entry const& entry, store::Cursor const& cursor) {
  auto const& before = entry.batch().before.delivered;
  return entry.is_resnapshot() || (before.covers(cursor.delivered) && (!cursor.within || before != cursor.delivered));
}

namespace {

/// How many objects of a change a cursor has: the first ones, or all. A table that was cleared counts as one.
std::size_t had_of(store::Change const& change, store::Cursor const& has) {
  auto const objects = std::max<std::size_t>(change.ids.size(), 1);
  std::size_t had = 0;
  while (had < objects && has.has(change.place(had))) ++had;
  return had;
}

/// Of whoever has both. `of_batch`: at the beginning of a part of a batch, or at its end.
store::Cursor joined(store::Cursor const& has, store::Cursor of_batch) {
  auto const& within = of_batch.within;
  if (has.delivered.covers(within ? within->shown : of_batch.delivered)) return has;
  if (!within) return of_batch;
  auto const goes_as_far = [&](store::Cursor::Within const& had) {
    return std::tie(had.position, had.index) >= std::tie(within->position, within->index);
  };
  if (has.within && goes_as_far(*has.within)) return has;
  of_batch.delivered = has.delivered;
  if (has.check.position > of_batch.check.position) of_batch.check = has.check;
  return of_batch;
}

/// Whether whoever has this cursor lacks nothing of what comes before an entry, which may be a part of a batch whose
/// earlier parts the log has forgotten.
bool goes_on_at(store::Cursor const& has, store::Cursor const& before) {
  if (!has.delivered.covers(before.delivered)) return false;
  auto const& within = before.within;
  if (!within || has.delivered.covers(within->shown)) return true;
  return has.within && has.delivered == before.delivered && has.within->shown == within->shown &&
         std::tie(has.within->position, has.within->index) >= std::tie(within->position, within->index);
}

}  // namespace

std::shared_ptr<Entry const> rest_of(std::shared_ptr<Entry const> const& entry, store::Cursor const& has) {
  if (entry->is_resnapshot()) return entry;
  auto const& batch = entry->batch();
  store::Batch rest{.before = joined(has, batch.before),
                    .changes = {},
                    .after = joined(has, batch.after),
                    .shown = batch.shown,
                    .is_whole = batch.is_whole};
  std::vector<ToldObjects> objects;
  for (std::size_t i = 0; i < batch.changes.size(); ++i) {
    auto change = batch.changes[i];
    auto const had = had_of(change, has);
    if (had == std::max<std::size_t>(change.ids.size(), 1)) continue;
    store::skip_objects(change, had);
    rest.changes.push_back(std::move(change));
    auto const& all = entry->objects(i);
    objects.emplace_back(all.begin() + static_cast<std::ptrdiff_t>(std::min(had, all.size())), all.end());
  }
  return std::make_shared<Entry>(std::move(rest), std::move(objects), false, entry->particulars());
}

void Log::append(std::shared_ptr<Entry const> entry) {
  std::lock_guard const lock(mutex_);
  bytes_ += entry->bytes();
  entries_.push_back(std::move(entry));
  while (entries_.size() > 1 && (bytes_ > limits_.bytes || entries_.size() > limits_.entries)) {
    bytes_ -= entries_.front()->bytes();
    entries_.pop_front();
    ++first_;
  }
}

std::uint64_t Log::end() const {
  std::lock_guard const lock(mutex_);
  return first_ + entries_.size();
}

std::optional<std::vector<std::shared_ptr<Entry const>>> Log::from(std::uint64_t place) const {
  std::lock_guard const lock(mutex_);
  if (place < first_) return std::nullopt;
  auto const begin =
      entries_.begin() + static_cast<std::ptrdiff_t>(std::min<std::uint64_t>(place - first_, entries_.size()));
  auto const count = std::min<std::ptrdiff_t>(entries_.end() - begin, most_at_once);
  return std::vector<std::shared_ptr<Entry const>>(begin, begin + count);
}

std::optional<std::uint64_t> Log::place_of(store::Cursor const& cursor) const {
  std::lock_guard const lock(mutex_);
  std::optional<std::uint64_t> place;
  for (auto i = entries_.size(); i > 0; --i) {
    auto const& entry = *entries_[i - 1];
    auto const& before = entry.batch().before;
    if (entry.is_resnapshot() || before.epoch != cursor.epoch) break;
    // The parts of a batch have the same beginning: it goes on at the first of them.
    if (place && before.delivered != entries_[i]->batch().before.delivered) break;
    if (goes_on_at(cursor, before)) place = first_ + i - 1;
  }
  // A cursor is within one batch at most.
  if (place && cursor.within) {
    auto const& batch = entries_[*place - first_]->batch();
    if (batch.before.delivered != cursor.delivered || batch.shown != cursor.within->shown) return std::nullopt;
  }
  return place;
}

}  // namespace restapi::api::feed
