// SPDX-License-Identifier: MIT
/// Any bytes are a pseudopotential whose JSON is well-formed and in proportion to the file, or an error that says why.
#include <cstddef>
#include <cstdint>
#include <nlohmann/json.hpp>
#include <string_view>

#include "exporters/upf.hpp"
#include "fuzz/require.hpp"

using restapi::fuzz::require;

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
  using namespace restapi;
  auto const made = exporters::upf_json({reinterpret_cast<char const*>(data), size}, "X.upf");
  if (made) {
    require(nlohmann::json::accept(*made));
    // The matrix of 200 projectors, and of each number nine times 25 characters.
    require(made->size() <= 1'000'000 + size * 9 * 25);
  } else {
    require(made.error().code == Code::export_not_possible);
    require(!made.error().message.empty());
  }
  return 0;
}
