// SPDX-License-Identifier: MIT
/// base64 with padding (RFC 4648, 4).
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace restapi {

std::string to_base64(std::string_view bytes);

/// Nothing where the text is not exactly what to_base64() gives for some bytes.
std::optional<std::string> from_base64(std::string_view text);

}  // namespace restapi
