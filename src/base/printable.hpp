// SPDX-License-Identifier: MIT
/// Text from a file or a database on its way to a terminal or a log: it stays on its line and moves no cursor.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace restapi {

/// The text with U+FFFD in place of control characters (ASCII's and U+0080 to U+009F), of U+FFFE and U+FFFF, which are
/// no characters (XML 1.0 §2.2), and of bytes that are no UTF-8, and with "…" after the first `most` bytes, or a little
/// before, where a character would be cut.
std::string printable(std::string_view text, std::size_t most = std::string_view::npos);

}  // namespace restapi
