// SPDX-License-Identifier: MIT
/// The types a column can have.
#pragma once

#include <algorithm>
#include <string_view>

namespace restapi::model {

enum class Type {
  integer,
  text,
  uuid,  ///< text for a client; the canonical 36 characters, lower case, in the database
  boolean,
  datetime,
};

/// How a type is called in messages and on pages.
struct TypeRow {
  Type type;
  std::string_view spoken;   ///< what a value of it is called in an error
  std::string_view page;     ///< and on a page
  std::string_view example;  ///< as written in a query
};

inline constexpr TypeRow types[] = {
    {Type::integer, "an integer", "integer", "45"},
    {Type::text, "a string", "string", "\"water\""},
    {Type::uuid, "a string", "uuid", "\"338357f4-f2\""},
    {Type::boolean, "true or false", "bool", "true"},
    {Type::datetime, "a date-time", "datetime", "2016-04-23T05:45"},
};

/// Every type has a row; a test walks them.
constexpr TypeRow const& row_of(Type type) { return *std::ranges::find(types, type, &TypeRow::type); }

}  // namespace restapi::model
