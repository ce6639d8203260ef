// SPDX-License-Identifier: MIT
/// Rows as a store gives them: cells as text, in column order, or NULL. What a text means says the column's type.
#pragma once

#include <algorithm>
#include <cassert>
#include <charconv>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/memory_budget.hpp"

namespace restapi::store {

/// All texts lie in one buffer: a list of 400 rows costs a handful of allocations.
class Rows {
 public:
  /// `budget`: what the texts take is taken from it, for as long as the rows live.
  explicit Rows(std::size_t width, std::shared_ptr<MemoryBudget> budget = {})
      : width_(width), memory_(std::move(budget)) {
    cells_.reserve(width);
    text_.reserve(usual_row);
  }

  /// To be called before a cell of that length is added, where there is a budget. False: it has no room for it.
  bool make_room(std::size_t length) {
    auto const wanted = text_.size() + length;
    if (wanted <= text_.capacity()) return true;
    auto const before = text_.capacity();
    auto const capacity = std::max(wanted, 2 * before);
    if (!memory_.take(capacity)) return false;
    text_.reserve(capacity);
    if (before > usual_row) memory_.give_back(before);
    return true;
  }

  /// Cells are added row by row, left to right.
  void add(std::optional<std::string_view> cell) {
    cells_.push_back({text_.size(), cell ? cell->size() : null});
    if (cell) text_ += *cell;
  }

  /// Forgets all but the first so many.
  void keep(std::size_t rows) {
    if (rows < size()) cells_.resize(rows * width_);
  }

  std::size_t width() const { return width_; }
  std::size_t size() const { return width_ == 0 ? 0 : cells_.size() / width_; }
  bool empty() const { return cells_.empty(); }

  /// The memory that the rows take.
  std::size_t bytes() const { return text_.size() + cells_.size() * sizeof(Cell); }

  /// All cells, one after the other.
  std::string_view text() const { return text_; }

  /// The bytes of all cells.
  std::size_t text_size() const { return text_.size(); }

  /// NULL is nothing. The view lives as long as the rows and until the next add().
  std::optional<std::string_view> at(std::size_t row, std::size_t column) const {
    assert(row < size() && column < width_);
    auto const& cell = cells_[row * width_ + column];
    if (cell.length == null) return std::nullopt;
    return std::string_view(text_).substr(cell.begin, cell.length);
  }

  /// The cell as a number; 0 where it is NULL or none.
  std::int64_t integer_at(std::size_t row, std::size_t column) const {
    std::int64_t number = 0;
    if (auto const cell = at(row, column)) std::from_chars(cell->data(), cell->data() + cell->size(), number);
    return number;
  }

 private:
  static constexpr std::size_t null = static_cast<std::size_t>(-1);
  static constexpr std::size_t usual_row = 512;  // bytes: one row is kept without moving
  struct Cell {
    std::size_t begin, length;
  };

  std::size_t width_;
  std::vector<Cell> cells_;
  std::string text_;
  MemoryShare memory_;
};

/// The rows of one statement, in bytes: what an answer may have (base/answer_limits.hpp). Only data that somebody has
/// made large on purpose exceed it.
inline constexpr std::size_t largest_rows = std::size_t{128} << 20;

/// The rows of statements that are read together. Beyond, they are read one by one, each within its limits.
inline constexpr std::size_t largest_rows_together = std::size_t{16} << 20;

/// The same without documents: 400 rows of AiiDA's are some 100 kB, and what is counted for a billion ids less than
/// this.
inline constexpr std::size_t largest_list = std::size_t{64} << 20;

}  // namespace restapi::store
