// SPDX-License-Identifier: MIT
/// JSON as text, without a document in between: stored JSON is already JSON and rows are flat.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "base/answer_limits.hpp"

namespace restapi {

/// Is written to like a string, but only counts bytes: so the length of a text is known before it is made.
class TextSize {
 public:
  TextSize& operator+=(std::string_view text) {
    bytes_ += text.size();
    return *this;
  }
  TextSize& operator+=(char) {
    ++bytes_;
    return *this;
  }
  TextSize& append(std::size_t count, char) {
    bytes_ += count;
    return *this;
  }
  std::size_t size() const { return bytes_; }

 private:
  std::size_t bytes_ = 0;
};

/// A text of at least so many bytes is measured before it is written. Smaller ones grow while they are written.
inline constexpr std::size_t worth_measuring = std::size_t{1} << 20;

/// How many bytes at the beginning of the text need neither escaping nor a check of UTF-8 in a JSON string.
std::size_t plain_json_run(std::string_view text);

/// Appends the text as a JSON string, quotes included. Bytes that are no UTF-8 become U+FFFD. The string is up to six
/// times as long as the text.
void append_json_string(std::string& out, std::string_view text);
void append_json_string(TextSize& out, std::string_view text);

/// `{"message":"…"}`, the body of an error.
std::string message_json(std::string_view message);

/// The same value with two spaces of indentation, or nothing where that takes more than `most` bytes: a deep document
/// grows a thousandfold. Requires well-formed JSON without white space. Throws Interrupted. What it has taken of the
/// limits is the capacity of the text.
std::optional<std::string> indented(std::string_view json, std::size_t most, AnswerLimits& limits);

}  // namespace restapi
