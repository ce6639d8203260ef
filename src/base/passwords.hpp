// SPDX-License-Identifier: MIT
/// Keeps passwords out of what is shown to people: messages quote what somebody typed, and that may be a connection
/// text in the wrong place, or one with a mistake in it.
#pragma once

#include <string>
#include <string_view>

namespace restapi {

/// The text with `…` in place of passwords: between `user:` and `@` in a word, and after `password=` (libpq's keyword
/// strings, also quoted, and a URI's parameters). The text need not be well-formed; in doubt more is replaced.
std::string without_passwords(std::string_view text);

}  // namespace restapi
