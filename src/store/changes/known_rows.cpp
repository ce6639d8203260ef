// SPDX-License-Identifier: MIT
#include "store/changes/known_rows.hpp"

#include <algorithm>
#include <bit>

namespace restapi::store {
namespace {

constexpr std::int64_t ids_of_range = 1024;

std::size_t bit_of(std::int64_t id) { return static_cast<std::size_t>(id % ids_of_range); }

std::uint64_t ends_of(KnownRows::Row const& row) { return std::uint64_t{row.first} << 32 | row.second; }

template <class Item>
void insert(std::vector<Item>& items, std::size_t place, Item const& item) {
  items.insert(items.begin() + static_cast<std::ptrdiff_t>(place), item);
}

template <class Item>
void erase(std::vector<Item>& items, std::size_t place) {
  if (!items.empty()) items.erase(items.begin() + static_cast<std::ptrdiff_t>(place));
}

}  // namespace

std::size_t KnownRows::Range::place(std::size_t bit) const {
  std::size_t before = 0;
  for (std::size_t word = 0; word < bit / 64; ++word) before += static_cast<std::size_t>(std::popcount(bits[word]));
  auto const mask = (std::uint64_t{1} << (bit % 64)) - 1;
  return before + static_cast<std::size_t>(std::popcount(bits[bit / 64] & mask));
}

bool KnownRows::Range::empty() const {
  return std::ranges::all_of(bits, [](std::uint64_t word) { return word == 0; });
}

void KnownRows::keep_less() {
  kept_.uuid = kept_.ends = false;
  for (auto& [number, range] : ranges_) {
    range.uuids = {};
    range.ends = {};
  }
}

KnownRows::Row KnownRows::row_at(Range const& range, std::int64_t id, std::size_t place) const {
  Row row{.id = id};
  if (kept_.uuid) row.uuid = range.uuids[place];
  if (kept_.ends) {
    row.first = static_cast<std::uint32_t>(range.ends[place] >> 32);
    row.second = static_cast<std::uint32_t>(range.ends[place]);
  }
  if (kept_.version) row.version = range.versions[place];
  return row;
}

std::optional<KnownRows::Row> KnownRows::find(std::int64_t id) const {
  auto const range = id < 0 ? ranges_.end() : ranges_.find(id / ids_of_range);
  if (range == ranges_.end() || !range->second.has(bit_of(id))) return std::nullopt;
  return row_at(range->second, id, range->second.place(bit_of(id)));
}

KnownRows::Was KnownRows::see(Row const& row) {
  if (row.id < 0) return Was::same;
  auto& range = ranges_[row.id / ids_of_range];
  auto const bit = bit_of(row.id);
  auto const place = range.place(bit);
  if (!range.has(bit)) {
    range.bits[bit / 64] |= std::uint64_t{1} << (bit % 64);
    if (kept_.uuid) insert(range.uuids, place, row.uuid);
    if (kept_.ends) insert(range.ends, place, ends_of(row));
    if (kept_.version) insert(range.versions, place, row.version);
    ++size_;
    greatest_ = std::max(greatest_, row.id);
    return Was::unknown;
  }
  auto const before = row_at(range, row.id, place);
  if (kept_.uuid) range.uuids[place] = row.uuid;
  if (kept_.ends) range.ends[place] = ends_of(row);
  if (kept_.version) range.versions[place] = row.version;
  auto const after = row_at(range, row.id, place);
  if (after.uuid != before.uuid) return Was::another;
  return after == before ? Was::same : Was::changed;
}

void KnownRows::remove(std::int64_t id) {
  auto const found = id < 0 ? ranges_.end() : ranges_.find(id / ids_of_range);
  if (found == ranges_.end() || !found->second.has(bit_of(id))) return;
  auto& range = found->second;
  auto const place = range.place(bit_of(id));
  range.bits[bit_of(id) / 64] &= ~(std::uint64_t{1} << (bit_of(id) % 64));
  erase(range.uuids, place);
  erase(range.ends, place);
  erase(range.versions, place);
  --size_;
  if (range.empty()) ranges_.erase(found);
}

void KnownRows::each(std::int64_t first, std::int64_t last, std::function<void(Row const&)> const& take) const {
  if (last < 0) return;
  first = std::max<std::int64_t>(first, 0);
  for (auto range = ranges_.lower_bound(first / ids_of_range);
       range != ranges_.end() && range->first <= last / ids_of_range; ++range) {
    std::size_t place = 0;
    for (std::size_t bit = 0; bit < ids_of_range; ++bit) {
      if (!range->second.has(bit)) continue;
      auto const id = range->first * ids_of_range + static_cast<std::int64_t>(bit);
      if (id >= first && id <= last) take(row_at(range->second, id, place));
      ++place;
    }
  }
}

std::map<std::int64_t, KnownRows::Sums> KnownRows::sums(std::int64_t first_range, std::size_t most) const {
  std::map<std::int64_t, Sums> all;
  for (auto at = ranges_.lower_bound(first_range); at != ranges_.end() && all.size() < most; ++at) {
    auto const& [number, range] = *at;
    auto& sums = all[number];
    for (std::size_t word = 0; word < range.bits.size(); ++word) {
      for (auto bits = range.bits[word]; bits != 0; bits &= bits - 1) {
        ++sums.ids;
        sums.sum += static_cast<std::uint64_t>(number * ids_of_range) + word * 64 +
                    static_cast<std::uint64_t>(std::countr_zero(bits));
      }
    }
  }
  return all;
}

}  // namespace restapi::store
