// SPDX-License-Identifier: MIT
/// Any bytes are an array of NumPy with as many values as its shape says, which JSON can hold, or an error that says
/// why.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <nlohmann/json.hpp>
#include <string_view>
#include <variant>

#include "exporters/array.hpp"
#include "exporters/array_json.hpp"
#include "fuzz/require.hpp"

using restapi::fuzz::require;

namespace {

/// How many values there would be if no length were 0: an array without values may have very many lists.
std::size_t lists_of(restapi::exporters::Array const& array) {
  std::size_t all = 1;
  for (auto const length : array.shape) all *= std::max(length, std::size_t{1});
  return all;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
  using namespace restapi;
  std::string_view const bytes(reinterpret_cast<char const*>(data), size);
  auto const array = exporters::read_npy(bytes);
  if (!array) {
    require(array.error().code == Code::export_not_possible);
    require(!array.error().message.empty());
    return 0;
  }
  std::size_t count = 1;
  for (auto const length : array->shape) count *= length;
  std::visit([&](auto const& values) { require(values.size() == count && count <= size); }, array->values);
  if (constexpr std::size_t quick = 100'000; lists_of(*array) > quick) return 0;
  exporters::Node const node{"u", "l", R"({"array|x":[1]})", [&](std::string_view path) {
                               require(path == "x.npy");
                               return Result<std::string>(std::string(bytes));
                             }};
  auto const made = exporters::arrays_json(node);
  require(made && nlohmann::json::accept(*made));
  return 0;
}
