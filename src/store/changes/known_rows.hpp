// SPDX-License-Identifier: MIT
/// The rows that a table had when it was last read, to find out which of them have gone: their ids, and what is to be
/// said of a row that is gone.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <vector>

#include "store/changes/uuid.hpp"

namespace restapi::store {

/// Ids are bits in ranges of 1024, so where they follow each other one takes hardly more than a bit, and beside that 32
/// bytes at most of what is kept.
class KnownRows {
 public:
  struct Row {
    std::int64_t id = 0;        ///< not negative
    Uuid uuid = {};             ///< zeros: it has none
    std::uint32_t first = 0;    ///< the ends of a link, say; 0: it has none
    std::uint32_t second = 0;   ///< likewise
    std::uint64_t version = 0;  ///< another one after each change

    bool operator==(Row const&) const = default;
  };
  struct Kept {
    bool uuid = false, ends = false, version = false;
  };
  enum class Was {
    unknown,
    same,  ///< in all that is kept
    changed,
    another,  ///< another uuid: SQLite gives the ids of rows once more that are gone
  };
  /// What there is of a range.
  struct Sums {
    std::int64_t ids = 0;
    std::uint64_t sum = 0;  ///< of the ids

    bool operator==(Sums const&) const = default;
  };

  explicit KnownRows(Kept kept) : kept_(kept) {}

  Kept const& kept() const { return kept_; }

  /// Keeps neither uuids nor ends from now on.
  void keep_less();
  bool keeps_more() const { return kept_.uuid || kept_.ends; }

  std::size_t size() const { return size_; }
  std::int64_t greatest() const { return greatest_; }  ///< of all that there have been; -1: none
  bool has(std::int64_t id) const { return find(id).has_value(); }

  /// As far as it is kept.
  std::optional<Row> find(std::int64_t id) const;

  /// Knows the row from now on, and says what it is beside what was known. One with a negative id stays unknown.
  Was see(Row const& row);

  void remove(std::int64_t id);

  /// In order; up to an id, included.
  void each(std::int64_t first, std::int64_t last, std::function<void(Row const&)> const& take) const;

  /// Of so many ranges that are not empty, at most, from one on: by their number.
  std::map<std::int64_t, Sums> sums(std::int64_t first_range, std::size_t most) const;

 private:
  struct Range {
    std::array<std::uint64_t, 16> bits = {};
    // Of each id that there is, in order, or empty.
    std::vector<Uuid> uuids = {};
    std::vector<std::uint64_t> ends = {};
    std::vector<std::uint64_t> versions = {};

    bool has(std::size_t bit) const { return (bits[bit / 64] >> (bit % 64) & 1) != 0; }
    std::size_t place(std::size_t bit) const;  ///< how many there are before it
    bool empty() const;
  };

  Row row_at(Range const& range, std::int64_t id, std::size_t place) const;

  Kept kept_;
  std::map<std::int64_t, Range> ranges_;
  std::size_t size_ = 0;
  std::int64_t greatest_ = -1;
};

}  // namespace restapi::store
