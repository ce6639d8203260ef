// SPDX-License-Identifier: MIT
/// Keeps passwords out of what is shown to people: messages quote what somebody typed, and that may be a connection
/// text in the wrong place, or one with a mistake in it.
#pragma once

#include <string>
#include <string_view>

namespace restapi {

/// The text with `…` in place of passwords: between `user:` and `@` in a word, after `password=` (libpq's keyword
/// strings, also quoted, and a URI's parameters), and after the first `:` of a database's URI without `@`, where the
/// password would stand if `@HOST` was forgotten. The text need not be well-formed; in doubt more is replaced.
std::string without_passwords(std::string_view text);

/// Whether a name that somebody has typed may be a connection text in the wrong place: it has one of `:/@=`. Its
/// password may stand anywhere then.
bool may_hold_password(std::string_view name);

/// The name, or `…` where it may hold a password.
std::string shown_name(std::string_view name);

/// A path where nothing can be opened, with `…` for what follows a `:` or `=`, or else stands before an `@`: it may be
/// a mistyped URI or keyword string, as `postgresq:/reader:secret`, or the end of a URI with a blank in it,
/// `cret@host/aiida`.
std::string shown_missing_path(std::string_view path);

}  // namespace restapi
