// SPDX-License-Identifier: MIT
/// Which part of a representation is asked for: Range, If-Range and Content-Range (RFC 9110 §13.1.5, §14). Pure.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "http/message.hpp"

namespace restapi::http {

/// The validators of a representation, as its answer has them; empty: none.
struct Validators {
  std::string_view etag = {};           ///< with its quotes
  std::string_view last_modified = {};  ///< where nothing else can have been there in that second (§8.8.2.2)
};

/// What is sent of a representation.
struct Part {
  int status = 200;  ///< of the answer: 200 for all, 206 for a part, 416 where there are no such bytes
  std::uint64_t offset = 0;
  std::uint64_t length = 0;

  bool operator==(Part const&) const = default;
};

/// What a request wants of `size` bytes. All of them where it is no GET (§14.2), asks for several parts, for none that
/// can be understood, or for a part of something else (If-Range).
Part part_of(Request const& request, Validators const& current, std::uint64_t size);

/// Content-Range: "bytes 0-99/1000"; "bytes */1000" for 416. Requires: the status is one of these two.
std::string content_range(Part const& part, std::uint64_t size);

}  // namespace restapi::http
