// SPDX-License-Identifier: MIT
/// The files of a folder as they were when the program was built; made by restapi_embed_folder() (cmake/embed.cmake).
#pragma once

#include <span>
#include <string_view>

namespace restapi::api::pages {

struct EmbeddedFile {
  std::string_view name;  ///< "style.css"
  std::string_view text;
};

std::span<EmbeddedFile const> embedded_files();

}  // namespace restapi::api::pages
