// SPDX-License-Identifier: MIT
/// An array as NumPy keeps it in a file: AiiDA stores each array of an ArrayData as `<name>.npy` among the node's
/// files.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/result.hpp"

namespace restapi::exporters {

/// The last index runs fastest, however the file has it.
struct Array {
  std::vector<std::size_t> shape;  ///< empty: one value
  /// As many as the product of the shape. Floats of any size are doubles, integers of any size int64, but uint64 of its
  /// own; texts are UTF-8.
  std::variant<std::vector<double>, std::vector<std::int64_t>, std::vector<std::uint64_t>, std::vector<bool>,
               std::vector<std::string>>
      values;
};

/// Format versions 1 to 3 (NumPy, numpy.lib.format). Error: export_not_possible, for types that are none of the above,
/// such as complex numbers and objects, and for anything else.
Result<Array> read_npy(std::string_view bytes);

/// All of its values as doubles, in order. Error: export_not_possible where they are texts.
Result<std::vector<double>> numbers_of(Array const& array);

}  // namespace restapi::exporters
