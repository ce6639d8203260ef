// SPDX-License-Identifier: MIT
/// The payload of a compressed message (permessage-deflate, RFC 7692 §7.2), each message by itself.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace restapi::api::web_socket {

/// Smaller messages gain nothing from it: bytes.
inline constexpr std::size_t worth_deflating = 512;

std::string deflated(std::string_view message);

enum class InflateError { no_deflate, too_large };

struct Inflated {
  std::string message = {};
  std::optional<InflateError> error = {};
};

/// A few bytes may stand for gigabytes: beyond `most` bytes it ends with too_large, and has made no more.
Inflated inflated(std::string_view payload, std::size_t most);

}  // namespace restapi::api::web_socket
