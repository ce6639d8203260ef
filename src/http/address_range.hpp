// SPDX-License-Identifier: MIT
/// A network address or a range of them (CIDR, RFC 4632 and 4291): `192.0.2.7`, `10.0.0.0/8`, `fd00::/8`.
#pragma once

#include <array>
#include <optional>
#include <string>
#include <string_view>

namespace restapi::http {

/// Immutable; any thread.
class AddressRange {
 public:
  /// None if the text is no address, the prefix is too long, or bits are set behind the prefix (`10.1.0.0/8`).
  static std::optional<AddressRange> parse(std::string_view text);

  /// Whether a numeric address lies in the range. An IPv4 address that arrives over an IPv6 socket (`::ffff:10.0.0.1`)
  /// counts as the IPv4 address. False for anything that is no address.
  bool contains(std::string_view address) const;

  bool operator==(AddressRange const&) const = default;

 private:
  using Bytes = std::array<unsigned char, 16>;  // IPv4 as IPv4-mapped IPv6 (RFC 4291, 2.5.5.2): one comparison for both
  static std::optional<Bytes> parse_address(std::string const& text);

  Bytes first_ = {};
  unsigned prefix_ = 0;  // bits of first_
};

}  // namespace restapi::http
