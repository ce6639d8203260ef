// SPDX-License-Identifier: MIT
/// The templates, styles and scripts of the pages: the files of web/, which are part of the program. A build for
/// development reads them from the source folder each time, so that a change needs no build.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "http/message.hpp"

namespace restapi::api::pages {

/// Of the paths of styles and scripts.
inline constexpr std::string_view asset_prefix = "/api/pages/";

/// "api/pages/<hash>/": where they are, below the address of a profile. The hash is that of all files, so that a
/// browser may keep them for ever.
std::string const& asset_folder();

/// The file at such a path; nothing: there is none.
std::optional<http::Response> asset(std::string_view path);

/// A file of web/, by its name. Requires: there is one.
std::string file_text(std::string_view name);

}  // namespace restapi::api::pages
