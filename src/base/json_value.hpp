// SPDX-License-Identifier: MIT
/// JSON from a client as a value, with its numbers as they were written.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"

namespace restapi {

struct JsonValue {
  enum class Kind { null, boolean, number, text, list, object };

  Kind kind = Kind::null;
  bool boolean = false;
  std::string text = {};               ///< of a text what it says, in UTF-8; of a number its digits: "63.5", "1e3"
  std::vector<std::string> keys = {};  ///< of an object, each once, in the order in which they were written
  std::vector<JsonValue> items = {};   ///< of a list; of an object the values of its keys

  bool is(Kind wanted) const { return kind == wanted; }

  /// What is at the key; null where there is no such key.
  JsonValue const* find(std::string_view key) const;
};

/// "a number", "an object"
std::string_view spoken(JsonValue::Kind kind);

/// Reads one value. Of a key that is written twice, the last value counts. Error syntax, with the byte, where the text
/// is no JSON or has characters U+0000; out_of_range where it is nested deeper than `deepest` levels of lists and
/// objects. Does not recurse.
Result<JsonValue> read_json(std::string_view text, std::size_t deepest);

/// Appends the value as JSON without white space. Requires a value of limited depth.
void append_json(std::string& out, JsonValue const& value);

}  // namespace restapi
