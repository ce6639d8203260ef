// SPDX-License-Identifier: MIT
#include "api/feed/log.hpp"

#include <algorithm>
#include <utility>

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
    if (cursor.delivered.covers(before.delivered)) place = first_ + i - 1;
  }
  return place;
}

}  // namespace restapi::api::feed
