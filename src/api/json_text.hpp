/// JSON as text, without a document in between: stored JSON is already JSON and rows are flat.
#pragma once

#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace restapi::api {

/// Appends the text as a JSON string, quotes included. Bytes that are no UTF-8 become U+FFFD.
void append_json_string(std::string& out, std::string_view text);

/// `{"message":"…"}`, the body of whatever is refused.
std::string message_json(std::string_view message);

/// Appends one JSON value with the keys of all its objects sorted and no white space; numbers, strings and escapes
/// stay byte for byte. `wanted`, asked for each key of the outermost object (unescaped), chooses members; empty: all.
/// False where `json` is not one well-formed value or nests deeper than max_json_depth; `out` is spoilt then.
bool append_sorted_json(std::string& out, std::string_view json,
                        std::function<bool(std::string_view)> const& wanted = {});

inline constexpr int max_json_depth = 1000;

/// The same value with two spaces of indentation, or nothing where that takes more than `most` bytes: a deep document
/// grows a thousandfold. Requires well-formed JSON without white space.
std::optional<std::string> indented(std::string_view json, std::size_t most = std::string_view::npos);

}  // namespace restapi::api
