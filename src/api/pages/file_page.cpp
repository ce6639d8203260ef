// SPDX-License-Identifier: MIT
// A file of a node, or a folder: `?_file=aiida.in`, with `&_part=end` its end.
#include "api/pages/file_view.hpp"
#include "api/pages/kinds.hpp"
#include "api/pages/template.hpp"

namespace restapi::api::pages {

using nlohmann::json;

std::optional<Part> file_page(Shown const& shown, std::string const& uuid, FileAsked const& asked) {
  auto const address = "/api/v4/nodes/" + uuid, page = shown.root + "api/v2/nodes/" + uuid;
  auto const text = file_view(shown.client, address, asked.path, shown.root, asked.is_end ? Bytes::last : Bytes::first);
  json view{{"name", asked.path}, {"node_href", page}, {"file", text.empty() ? json(false) : json(text)}};
  auto const files = text.empty() ? files_in(shown.client, address, page, asked.path, shown.root) : json::array();
  if (files.is_null()) return std::nullopt;
  view["folder"] = text.empty() ? json(fill("files", {{"files", files}})) : json(false);
  Part part{asked.path, fill("file_page", view)};
  if (!text.empty()) part.address = file_address(address, asked.path);
  part.about = uuid;
  return part;
}

}  // namespace restapi::api::pages
