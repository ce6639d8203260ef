// SPDX-License-Identifier: MIT
#include "http/address_range.hpp"

#include <arpa/inet.h>

#include <charconv>

namespace restapi::http {
namespace {

constexpr unsigned mapped_bits = 96;  // ::ffff:0:0/96

bool is_set(std::array<unsigned char, 16> const& bytes, unsigned bit) {
  return ((bytes[bit / 8] >> (7 - bit % 8)) & 1) != 0;
}

}  // namespace

std::optional<AddressRange::Bytes> AddressRange::parse_address(std::string const& text) {
  Bytes bytes = {};
  auto const mapped = text.find(':') == text.npos ? "::ffff:" + text : text;
  // inet_pton stops at a NUL, std::string does not.
  if (mapped.find('\0') != mapped.npos || ::inet_pton(AF_INET6, mapped.c_str(), bytes.data()) != 1) return std::nullopt;
  return bytes;
}

std::optional<AddressRange> AddressRange::parse(std::string_view text) {
  auto const slash = text.find('/');
  auto address = std::string(text.substr(0, slash));
  if (address.starts_with('[') && address.ends_with(']') && address.find(':') != address.npos)
    address = address.substr(1, address.size() - 2);  // as URLs have it
  auto const bytes = parse_address(address);
  if (!bytes) return std::nullopt;
  unsigned const offset = address.find(':') == address.npos ? mapped_bits : 0;
  unsigned prefix = 128 - offset;
  if (slash != text.npos) {
    auto const digits = text.substr(slash + 1);
    unsigned written = 0;
    auto const [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), written);
    if (error != std::errc() || end != digits.data() + digits.size() || written > prefix) return std::nullopt;
    prefix = written;
  }
  AddressRange range;
  range.first_ = *bytes;
  range.prefix_ = prefix + offset;
  for (unsigned bit = range.prefix_; bit < 128; ++bit) {
    if (is_set(range.first_, bit)) return std::nullopt;
  }
  return range;
}

bool AddressRange::contains(std::string_view address) const {
  auto const bytes = parse_address(std::string(address));
  if (!bytes) return false;
  for (unsigned bit = 0; bit < prefix_; ++bit) {
    if (is_set(*bytes, bit) != is_set(first_, bit)) return false;
  }
  return true;
}

}  // namespace restapi::http
