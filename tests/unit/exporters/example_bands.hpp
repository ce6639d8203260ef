// SPDX-License-Identifier: MIT
/// Nodes of bands and k-points for tests, and the bytes of arrays.
#pragma once

#include <cstdint>
#include <cstring>
#include <map>
#include <string>
#include <vector>

#include "exporters/node.hpp"

namespace restapi::exporters::examples {

/// float64, little-endian, C order.
inline std::string npy(std::string const& shape, std::vector<double> const& values) {
  std::string header = "{'descr': '<f8', 'fortran_order': False, 'shape': " + shape + ", }";
  header.append(63 - (10 + header.size()) % 64, ' ') += '\n';
  std::string bytes = std::string("\x93NUMPY\x01", 7) + '\0';
  bytes += static_cast<char>(header.size() % 256);
  bytes += static_cast<char>(header.size() / 256);
  bytes += header;
  auto const begin = bytes.size();
  bytes.resize(begin + values.size() * sizeof(double));
  if (!values.empty()) std::memcpy(bytes.data() + begin, values.data(), values.size() * sizeof(double));
  return bytes;
}

inline Node node(std::string attributes, std::map<std::string, std::string, std::less<>> files) {
  return {"2f6d0b3c-1b1a-4c4e-9d51-0a4b8f1f7a10", "demo", std::move(attributes),
          [files = std::move(files)](std::string_view path) -> Result<std::string> {
            auto const found = files.find(path);
            if (found == files.end()) return Error{Code::no_such_object, "no such file"};
            return found->second;
          }};
}

/// Three points, two bands, labels GAMMA and X_1, no cell.
inline Node demo() {
  return node(
      R"({"array|kpoints": [3, 3], "array|bands": [3, 2], "units": "eV", "labels": ["GAMMA", "X_1"],
          "label_numbers": [0, 2]})",
      {{"kpoints.npy", npy("(3, 3)", {0, 0, 0, 0.25, 0, 0, 0.5, 0, 0})},
       {"bands.npy", npy("(3, 2)", {-1.5, 2, -1.25, 2.5, -0.5, 2.75})}});
}

}  // namespace restapi::exporters::examples
