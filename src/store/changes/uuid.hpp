// SPDX-License-Identifier: MIT
/// UUIDs in sixteen bytes.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

namespace restapi::store {

using Uuid = std::array<std::uint8_t, 16>;

/// 36 characters with dashes. Zeros, where the text is none.
Uuid uuid_of(std::string_view text);

/// Lower case; empty for zeros.
std::string text_of(Uuid const& uuid);

}  // namespace restapi::store
