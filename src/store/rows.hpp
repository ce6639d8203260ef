/// Rows as a store gives them: cells as text, in column order, or NULL. What a text means says the column's type.
#pragma once

#include <charconv>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace restapi::store {

/// All texts lie in one buffer: a list of 400 rows costs a handful of allocations.
class Rows {
 public:
  explicit Rows(std::size_t width) : width_(width) {
    cells_.reserve(width);
    text_.reserve(usual_row);
  }

  /// Cells are added row by row, left to right.
  void add(std::optional<std::string_view> cell) {
    cells_.push_back({text_.size(), cell ? cell->size() : null});
    if (cell) text_ += *cell;
  }

  std::size_t width() const { return width_; }
  std::size_t size() const { return width_ == 0 ? 0 : cells_.size() / width_; }
  bool empty() const { return cells_.empty(); }

  /// The memory that the rows take.
  std::size_t bytes() const { return text_.size() + cells_.size() * sizeof(Cell); }

  /// NULL is nothing. The view lives as long as the rows and until the next add().
  std::optional<std::string_view> at(std::size_t row, std::size_t column) const {
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
};

/// What one answer may hold, in bytes: the largest document that PostgreSQL keeps as jsonb. Larger is only what
/// somebody has made large.
inline constexpr std::size_t largest_rows = std::size_t{256} << 20;

/// The same without documents: 400 rows of AiiDA's are some 100 kB, and what is counted for a billion ids less than
/// this.
inline constexpr std::size_t largest_list = std::size_t{64} << 20;

}  // namespace restapi::store
