// SPDX-License-Identifier: MIT
#include "store/in_utf8.hpp"

#include <algorithm>
#include <utility>

#include "store/no_memory.hpp"

namespace restapi::store {
namespace {

bool is_ascii(std::string_view text) {
  return std::ranges::all_of(text, [](char c) { return static_cast<unsigned char>(c) < 0x80; });
}

}  // namespace

Rows in_utf8(Rows rows, sql::ServerEncoding const& encoding, std::shared_ptr<MemoryBudget> memory) {
  if (is_ascii(rows.text())) return rows;
  Rows decoded(rows.width(), std::move(memory));
  for (std::size_t row = 0; row < rows.size(); ++row)
    for (std::size_t column = 0; column < rows.width(); ++column) {
      auto const cell = rows.at(row, column);
      if (!cell) {
        decoded.add(std::nullopt);
        continue;
      }
      auto const text = encoding.decode(*cell);
      if (!decoded.make_room(text.size())) throw_no_memory();
      decoded.add(text);
    }
  return decoded;
}

}  // namespace restapi::store
