// SPDX-License-Identifier: MIT
/// An object that is stored compressed, as one stream of zlib's.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>

#include "base/result.hpp"
#include "repository/object.hpp"
#include "repository/plain_object.hpp"

namespace restapi::repository {

/// Where it lies, and what it becomes.
struct PackedRange {
  enum class Format {
    zlib,     ///< RFC 1950: with a header and a checksum of its own
    deflate,  ///< RFC 1951: neither
  };
  std::uint64_t offset = 0;
  std::uint64_t length = 0;  ///< in the file
  std::uint64_t size = 0;    ///< unpacked
  Format format = Format::zlib;
  std::optional<std::uint32_t> checksum = {};  ///< CRC-32 of the unpacked bytes
};

/// Takes some 75 kB while it lives, whatever the size. It is damaged where the stream is, ends early, or has another
/// length, size or checksum than that. Errors: Code::overloaded.
Result<std::unique_ptr<Object>> inflate_object(SharedDescriptor file, PackedRange const& packed);

}  // namespace restapi::repository
