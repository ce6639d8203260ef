// SPDX-License-Identifier: MIT
#include "sql/value_list.hpp"

#include <fmt/format.h>

#include <cassert>
#include <string_view>

namespace restapi::sql {
namespace {

// Both languages quote alike: a backslash before what would end the text or begin an escape.
void append_quoted(std::string& list, std::string_view text) {
  list += '"';
  for (auto const byte : text) {
    if (byte == '"' || byte == '\\') list += '\\';
    list += byte;
  }
  list += '"';
}

// JSON alone has no room for control characters.
void append_json(std::string& list, std::string_view text) {
  list += '"';
  for (auto const byte : text) {
    if (byte == '"' || byte == '\\') list += '\\';
    if (static_cast<unsigned char>(byte) < 0x20)
      list += fmt::format("\\u{:04x}", static_cast<unsigned char>(byte));
    else
      list += byte;
  }
  list += '"';
}

template <class Append>
std::string written(std::span<model::Value const> values, std::string_view ends, Append append) {
  std::string list(1, ends[0]);
  for (auto const& value : values) {
    if (list.size() > 1) list += ',';
    if (auto const* text = std::get_if<std::string>(&value)) {
      append(list, *text);
    } else {
      assert(std::holds_alternative<std::int64_t>(value));  // no other type has lists of values
      list += std::to_string(std::get<std::int64_t>(value));
    }
  }
  return list += ends[1];
}

}  // namespace

std::string array_literal(std::span<model::Value const> values) { return written(values, "{}", append_quoted); }

std::string json_array(std::span<model::Value const> values) { return written(values, "[]", append_json); }

}  // namespace restapi::sql
