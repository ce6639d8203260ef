// SPDX-License-Identifier: MIT
/// Any target is taken apart, or refused with an offset in its query; what was decoded is UTF-8 without control
/// characters, and decoding what percent_encode wrote gives the same text back.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "base/utf8.hpp"
#include "fuzz/require.hpp"
#include "http/target.hpp"

using restapi::fuzz::require;

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
  using namespace restapi;
  std::string_view const text(reinterpret_cast<char const*>(data), size);
  auto const target = http::read_target(text);
  if (!target) {
    require(target.error().code == Code::bad_encoding || target.error().code == Code::control_character);
    require(target.error().offset.value_or(0) <= size);
    return 0;
  }
  require(utf8::is_valid(target->decoded_query) && utf8::is_valid(target->decoded_path));
  require(http::offset_before_decoding(target->query, target->decoded_query.size()) == target->query.size());
  auto const again = http::percent_decode(http::percent_encode(target->decoded_query));
  require(again && *again == target->decoded_query);
  return 0;
}
