// SPDX-License-Identifier: MIT
/// What might have been meant by an unknown name.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace restapi {

/// The nearest of the known names, where one is near enough to be meant.
std::optional<std::string_view> nearest(std::string_view written, std::span<std::string_view const> known);

/// `did you mean "label"?` with the nearest of the known names, else `known: a, b, c`; nothing where none
/// is known.
std::string suggest(std::string_view written, std::span<std::string_view const> known);

/// Insertions, deletions, substitutions and swaps of neighbours that turn one into the other.
std::size_t distance(std::string_view from, std::string_view to);

}  // namespace restapi
