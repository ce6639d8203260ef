// SPDX-License-Identifier: MIT
/// Numbers of any size and precision, as JSON has them (RFC 8259 §6), compared by their decimal digits: equal in every
/// database to the last one.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace restapi::query {

/// 0.digits × 10^exponent.
struct JsonNumber {
  bool is_negative = false;
  std::string digits = {};    ///< neither begin nor end with a 0; empty: zero, which has no sign
  std::int64_t exponent = 0;  ///< 0 for zero; beyond a thousand millions all are the same

  bool operator==(JsonNumber const&) const = default;
};

/// Also with a plus in front, with zeros in front, and with nothing on one side of the point. Nothing: it is none.
std::optional<JsonNumber> read_json_number(std::string_view text);

/// As JSON.
std::string text_of(JsonNumber const& number);

/// Texts that compare by their bytes as the numbers do.
std::string sort_key(JsonNumber const& number);

}  // namespace restapi::query
