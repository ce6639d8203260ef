// SPDX-License-Identifier: MIT
// A node that is a file of text.
#include "api/pages/file_view.hpp"
#include "api/pages/pictures/picture.hpp"
#include "api/pages/template.hpp"

namespace restapi::api::pages {

std::string text_picture(Drawn const& drawn) {
  auto const filename = drawn.attributes.find("filename");
  if (filename == drawn.attributes.end() || !filename->is_string()) return {};
  auto const view = file_view(drawn.client, drawn.address, filename->get<std::string>(), drawn.root, Bytes::first);
  return view ? *view : fill("note", {{"note", view.error().message}});
}

}  // namespace restapi::api::pages
