// SPDX-License-Identifier: MIT
/// Files as NumPy writes them.
#pragma once

#include <cstddef>
#include <cstring>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "exporters/node.hpp"

namespace support {

/// Version 1, 2 or 3 with such a dictionary, padded as by NumPy.
inline std::string npy_of(std::string dictionary, std::string_view data, int version = 1) {
  std::size_t const length_size = version == 1 ? 2 : 4;
  while ((8 + length_size + dictionary.size() + 1) % 64 != 0) dictionary += ' ';
  dictionary += '\n';
  std::string file = "\x93NUMPY";
  file += static_cast<char>(version);
  file += '\0';
  for (std::size_t i = 0; i < length_size; ++i) file += static_cast<char>(dictionary.size() >> (8 * i) & 0xFF);
  return file + dictionary + std::string(data);
}

/// `type` as "<f8", `shape` as "(2, 3)".
inline std::string npy_of(std::string_view type, std::string_view shape, std::string_view data,
                          bool is_fortran = false) {
  return npy_of("{'descr': '" + std::string(type) + "', 'fortran_order': " + (is_fortran ? "True" : "False") +
                    ", 'shape': " + std::string(shape) + ", }",
                data);
}

/// The bytes of numbers as they are in memory.
template <class T>
std::string bytes_of(std::vector<T> const& numbers) {
  std::string bytes(numbers.size() * sizeof(T), '\0');
  if (!numbers.empty()) std::memcpy(bytes.data(), numbers.data(), bytes.size());
  return bytes;
}

/// A node with such files.
inline restapi::exporters::Node node_of(std::string attributes,
                                        std::map<std::string, std::string, std::less<>> files = {}) {
  return {"d2b0dd44-3a2b-4b7a-8c5e-000000000001", "demo", std::move(attributes),
          [files = std::move(files)](std::string_view path) -> restapi::Result<std::string> {
            auto const found = files.find(path);
            if (found == files.end()) return restapi::Error{restapi::Code::no_such_object, "no such file"};
            return found->second;
          }};
}

}  // namespace support
