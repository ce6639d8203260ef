// SPDX-License-Identifier: MIT
/// What stands before the values in a file of NumPy: their type and their arrangement (NumPy, numpy.lib.format).
#pragma once

#include <cstddef>
#include <string_view>
#include <vector>

#include "base/result.hpp"

namespace restapi::exporters {

struct NpyHeader {
  char kind;                       ///< b boolean, i and u integers, f floats, U and S texts
  std::size_t size;                ///< bytes of one value; may be 0 for texts
  bool is_big_endian;              ///< the first byte counts most
  bool is_fortran;                 ///< the first index runs fastest
  std::vector<std::size_t> shape;  ///< empty: one value
  std::size_t count;               ///< of values; not more than the file has bytes
  std::size_t begin;               ///< of the values, in bytes; size * count bytes follow up to the end of the file
};

/// Allocates nothing that is larger than the header. Errors: those of read_npy().
Result<NpyHeader> read_npy_header(std::string_view bytes);

}  // namespace restapi::exporters
