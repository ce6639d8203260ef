// SPDX-License-Identifier: MIT
/// SQL text that is known when the program is compiled. A Fragment can only be made from a literal, so text
/// from a request cannot become SQL: it does not compile. Values travel beside the text (sql/statement.hpp). AiiDA's
/// tables are written with a mark, `@db_dbnode`, for the schema that they are in (sql/qualify.hpp).
#pragma once

#include <cstddef>
#include <string_view>

namespace restapi::sql {

class Fragment {
 public:
  constexpr Fragment() = default;

  template <std::size_t n>
  consteval Fragment(char const (&text)[n]) : text_(text, n - 1) {}

  constexpr std::string_view text() const { return text_; }
  constexpr bool empty() const { return text_.empty(); }

 private:
  std::string_view text_;
};

}  // namespace restapi::sql
