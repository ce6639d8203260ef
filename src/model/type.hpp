// SPDX-License-Identifier: MIT
/// The types a column can have for a client, and the name each has in /schema.
#pragma once

#include <string_view>

namespace restapi::model {

enum class Type {
  integer,
  text,
  uuid,  ///< text for a client; the canonical 36 characters, lower case, in the database
  boolean,
  datetime,
};

/// "int", "str", "bool", "datetime": as /schema says it.
constexpr std::string_view schema_name(Type type) {
  switch (type) {
    case Type::integer:
      return "int";
    case Type::text:
    case Type::uuid:
      return "str";
    case Type::boolean:
      return "bool";
    case Type::datetime:
      return "datetime";
  }
  return "";
}

/// "an integer": what a value of this type is called in an error.
constexpr std::string_view spoken_name(Type type) {
  switch (type) {
    case Type::integer:
      return "an integer";
    case Type::text:
    case Type::uuid:
      return "a string";
    case Type::boolean:
      return "true or false";
    case Type::datetime:
      return "a date-time";
  }
  return "";
}

}  // namespace restapi::model
