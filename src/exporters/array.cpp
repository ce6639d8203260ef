// SPDX-License-Identifier: MIT
#include "exporters/array.hpp"

#include <bit>
#include <cmath>
#include <limits>
#include <type_traits>
#include <utility>

#include "base/utf8.hpp"
#include "exporters/not_possible.hpp"
#include "exporters/npy_header.hpp"

namespace restapi::exporters {
namespace {

constexpr char32_t replacement = 0xFFFD;

/// Where the values are in the file, in the order of Array: the last index runs fastest.
class Places {
 public:
  explicit Places(NpyHeader const& header)
      : shape_(header.shape), index_(shape_.size()), strides_(shape_.size(), header.size) {
    auto stride = header.size;
    for (std::size_t i = 0; i < shape_.size(); ++i) {
      auto const dimension = header.is_fortran ? i : shape_.size() - 1 - i;
      strides_[dimension] = stride;
      stride *= shape_[dimension];
    }
  }

  std::size_t next() {
    auto const here = place_;
    for (auto dimension = shape_.size(); dimension-- > 0;) {
      place_ += strides_[dimension];
      if (++index_[dimension] < shape_[dimension]) break;
      place_ -= strides_[dimension] * shape_[dimension];
      index_[dimension] = 0;
    }
    return here;
  }

 private:
  std::vector<std::size_t> const& shape_;
  std::vector<std::size_t> index_;
  std::vector<std::size_t> strides_;  // in bytes
  std::size_t place_ = 0;
};

/// Of 1 to 8 bytes.
std::uint64_t bits_of(std::string_view bytes, bool is_big_endian) {
  std::uint64_t bits = 0;
  for (std::size_t i = 0; i < bytes.size(); ++i)
    bits = bits << 8 | static_cast<unsigned char>(bytes[is_big_endian ? i : bytes.size() - 1 - i]);
  return bits;
}

/// The highest of the bits that are there is the sign.
std::int64_t signed_of(std::uint64_t bits, std::size_t bytes) {
  auto const unused = 64 - 8 * static_cast<int>(bytes);
  return static_cast<std::int64_t>(bits << unused) >> unused;
}

/// IEEE 754 binary16: a sign, 5 bits of the exponent, 10 of the fraction.
double half_of(std::uint64_t bits) {
  auto const exponent = static_cast<int>(bits >> 10 & 0x1F);
  auto const fraction = static_cast<int>(bits & 0x3FF);
  double size{};
  if (exponent == 0)
    size = std::ldexp(fraction, -24);
  else if (exponent == 0x1F)
    size = fraction == 0 ? std::numeric_limits<double>::infinity() : std::numeric_limits<double>::quiet_NaN();
  else
    size = std::ldexp(0x400 + fraction, exponent - 25);
  return bits >> 15 & 1 ? -size : size;
}

double float_of(std::uint64_t bits, std::size_t bytes) {
  if (bytes == 2) return half_of(bits);
  if (bytes == 4) return double{std::bit_cast<float>(static_cast<std::uint32_t>(bits))};
  return std::bit_cast<double>(bits);
}

/// NumPy fills texts up with zeros.
std::string_view without_zeros(std::string_view text) { return text.substr(0, text.find_last_not_of('\0') + 1); }

std::string text_of(std::string_view units, bool is_big_endian) {
  std::string text;
  auto const used = (without_zeros(units).size() + 3) / 4 * 4;
  for (std::size_t place = 0; place < used; place += 4) {
    auto const point = static_cast<char32_t>(bits_of(units.substr(place, 4), is_big_endian));
    bool const is_character = point < 0xD800 || (point > 0xDFFF && point <= 0x10FFFF);
    text += utf8::encode(is_character ? point : replacement);
  }
  return text;
}

std::string text_of(std::string_view bytes) {
  bytes = without_zeros(bytes);
  std::string text;
  while (!bytes.empty()) {
    auto const length = utf8::first_character(bytes);
    text += length == 0 ? utf8::encode(replacement) : std::string(bytes.substr(0, length));
    bytes.remove_prefix(length == 0 ? 1 : length);
  }
  return text;
}

template <class Read>
auto all(NpyHeader const& header, std::string_view data, Read read) {
  std::vector<decltype(read(data))> values;
  values.reserve(header.count);
  Places places(header);
  for (std::size_t i = 0; i < header.count; ++i) values.push_back(read(data.substr(places.next(), header.size)));
  return values;
}

}  // namespace

Result<Array> read_npy(std::string_view bytes) {
  auto read = read_npy_header(bytes);
  if (!read) return std::move(read).error();
  auto& header = *read;
  auto const data = bytes.substr(header.begin);
  auto const bits = [&](std::string_view value) { return bits_of(value, header.is_big_endian); };
  Array array;
  switch (header.kind) {
    case 'b':
      array.values = all(header, data, [&](auto value) { return bits(value) != 0; });
      break;
    case 'i':
      array.values = all(header, data, [&](auto value) { return signed_of(bits(value), value.size()); });
      break;
    case 'u':
      if (header.size == 8)
        array.values = all(header, data, bits);
      else
        array.values = all(header, data, [&](auto value) { return static_cast<std::int64_t>(bits(value)); });
      break;
    case 'f':
      array.values = all(header, data, [&](auto value) { return float_of(bits(value), value.size()); });
      break;
    case 'U':
      array.values = all(header, data, [&](auto value) { return text_of(value, header.is_big_endian); });
      break;
    default:
      array.values = all(header, data, [](auto value) { return text_of(value); });
  }
  array.shape = std::move(header.shape);
  return array;
}

Result<std::vector<double>> numbers_of(Array const& array) {
  return std::visit(
      [](auto const& values) -> Result<std::vector<double>> {
        using Value = typename std::decay_t<decltype(values)>::value_type;
        if constexpr (std::is_same_v<Value, std::string>) {
          return not_possible("an array has texts where numbers are needed");
        } else {
          std::vector<double> numbers;
          numbers.reserve(values.size());
          for (Value const value : values) numbers.push_back(static_cast<double>(value));
          return numbers;
        }
      },
      array.values);
}

}  // namespace restapi::exporters
