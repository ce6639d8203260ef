// SPDX-License-Identifier: MIT
/// Which versions of PostgreSQL's rows have been told, and from where on others may be.
#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <utility>
#include <vector>

#include "store/changes/snapshot.hpp"

namespace restapi::store {

/// A transaction id of which only the lower half is known, if it is at `from` or behind, less than 2^32 away.
inline Xid xid_from(Xid from, std::uint32_t lower) { return from + (lower - static_cast<std::uint32_t>(from)); }

/// The same, if it may also be before; those are less than 2^31 away.
inline bool is_before(std::uint32_t lower, Xid from) { return (lower - static_cast<std::uint32_t>(from)) >> 31 != 0; }

/// The versions of rows that were told, by the transaction or subtransaction that wrote them.
class ToldVersions {
 public:
  /// Of a table and an id. False: it was told.
  bool tell(char letter, std::int64_t id, Xid version) {
    auto const [place, is_new] = versions_.try_emplace({letter, id}, version);
    return is_new || std::exchange(place->second, version) != version;
  }

  /// What is older will not be found again.
  void forget_before(Xid xid) {
    std::erase_if(versions_, [&](auto const& told) { return told.second < xid; });
  }

  std::size_t size() const { return versions_.size(); }

 private:
  std::map<std::pair<char, std::int64_t>, Xid> versions_;
};

/// Where the rows are that transactions write: behind the greatest ids that there were, and the time that it was, when
/// the first of them began.
class LowMarks {
 public:
  struct Mark {
    Xid next = 0;                     ///< no transaction from this one on had begun
    std::int64_t at = 0;              ///< microseconds since 1970
    std::vector<std::int64_t> ids{};  ///< of each table: all that had been given by then are up to this one
  };

  explicit LowMarks(Mark first) : marks_{std::move(first)} {}

  /// One a second is enough.
  void add(Mark mark) {
    constexpr std::int64_t second = 1'000'000;
    if (mark.at - marks_.back().at >= second) marks_.push_back(std::move(mark));
  }

  /// The last one from before all transactions from this one on; the first one, if there is none.
  Mark const& low(Xid xmin) {
    while (marks_.size() > 1 && marks_[1].next <= xmin) marks_.pop_front();
    return marks_.front();
  }

 private:
  std::deque<Mark> marks_;
};

}  // namespace restapi::store
