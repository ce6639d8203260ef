// SPDX-License-Identifier: MIT
/// The changes of a profile that have just been told, in memory: a ring that all who listen share.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "api/feed/details.hpp"
#include "api/feed/items.hpp"
#include "api/feed/objects.hpp"
#include "store/changes/change.hpp"

namespace restapi::api::feed {

/// What some doors tell beside the objects; null where nobody has needed it.
struct Particulars {
  std::shared_ptr<Details const> details = {};
  std::shared_ptr<Items const> items = {};
  std::string_view source = {};  ///< of a resnapshot: how changes are learnt from then on (store::name_of)
};

/// A batch with its objects. Not changed once it is made.
class Entry {
 public:
  /// `objects`: one for each change. `is_resnapshot`: what came between the batch's `before` and `after` cannot be
  /// told.
  Entry(store::Batch batch, std::vector<ToldObjects> objects, bool is_resnapshot = false, Particulars particulars = {});

  Particulars const& particulars() const { return particulars_; }

  store::Batch const& batch() const { return batch_; }
  ToldObjects const& objects(std::size_t change) const { return objects_[change]; }
  bool is_resnapshot() const { return is_resnapshot_; }
  Details const* details() const { return particulars_.details.get(); }
  Items const* items() const { return particulars_.items.get(); }
  std::size_t bytes() const { return bytes_; }  ///< of memory, about

  /// What a door sends of it, made by whoever asks first. `key`: of the door and the filter, always with the same type.
  /// Any thread.
  template <class Written>
  std::shared_ptr<Written const> written(std::string const& key, std::function<Written()> const& write) const {
    return std::static_pointer_cast<Written const>(
        find_or_keep(key, [&] { return std::make_shared<Written const>(write()); }));
  }

 private:
  std::shared_ptr<void const> find_or_keep(std::string const& key,
                                           std::function<std::shared_ptr<void const>()> const& make) const;

  store::Batch const batch_;
  std::vector<ToldObjects> const objects_;
  bool const is_resnapshot_;
  Particulars const particulars_;
  std::size_t bytes_ = 0;
  mutable std::mutex mutex_;
  mutable std::map<std::string, std::shared_ptr<void const>> written_;
};

/// Whether nothing of what is told behind the entry is in the cursor, so that nothing has to be left out any more.
bool is_behind(Entry const& entry, store::Cursor const& cursor);

/// What somebody with this cursor lacks of an entry, with cursors that go on from his. Shares what is not copied.
std::shared_ptr<Entry const> rest_of(std::shared_ptr<Entry const> const& entry, store::Cursor const& has);

/// Any thread may call.
class Log {
 public:
  struct Limits {
    std::size_t bytes = std::size_t{16} << 20;
    std::size_t entries = 65'536;
  };

  explicit Log(Limits limits) : limits_(limits) {}

  void append(std::shared_ptr<Entry const> entry);

  /// So many entries there have been. Who has read them all goes on from here.
  std::uint64_t end() const;

  /// Entries from a place on, a few at most. Nothing: some of them are gone.
  std::optional<std::vector<std::shared_ptr<Entry const>>> from(std::uint64_t place) const;

  /// From where on whoever has a cursor goes on, leaving out what it has. Nothing: the log does not go back so far, or
  /// the cursor is within a batch that is not in it.
  std::optional<std::uint64_t> place_of(store::Cursor const& cursor) const;

 private:
  Limits const limits_;
  mutable std::mutex mutex_;
  std::deque<std::shared_ptr<Entry const>> entries_;
  std::uint64_t first_ = 0;  // number of the first that is there
  std::size_t bytes_ = 0;
};

}  // namespace restapi::api::feed
