// SPDX-License-Identifier: MIT
// A file of a node, or a folder: `?_file=aiida.in`, with `&_part=end` its end.
#include "api/pages/file_view.hpp"
#include "api/pages/kinds.hpp"
#include "api/pages/template.hpp"
#include "api/pages/values.hpp"

namespace restapi::api::pages {

using nlohmann::json;

namespace {

std::string node_name(Shown const& shown) {
  auto const& node = first_of(shown.data);
  auto const label = text_in(node, "label");
  constexpr std::size_t longest = 100;
  return label.empty() ? "node " + text_in(node, "id") : short_text(label, longest);
}

}  // namespace

std::optional<FileAsked> file_asked(std::string_view query) {
  constexpr std::string_view begin = "_file=", end = "&_part=end";
  if (!query.starts_with(begin)) return std::nullopt;
  query.remove_prefix(begin.size());
  auto const name = query.substr(0, query.find('&'));
  bool const is_end = query.substr(name.size()) == end;
  auto path = http::percent_decode(name);
  if (!path || path->empty()) return std::nullopt;
  return FileAsked{*std::move(path), is_end};
}

Result<Part> file_page(Shown const& shown, std::string const& uuid, FileAsked const& asked) {
  auto const address = "/api/v4/nodes/" + uuid, page = shown.root + "api/v2/nodes/" + uuid;
  auto text = file_view(shown.client, address, asked.path, shown.root, asked.is_end ? Bytes::last : Bytes::first);
  json view{
      {"name", asked.path}, {"node_href", page}, {"node_name", node_name(shown)}, {"file", false}, {"folder", false}};
  if (text) {
    view["file"] = *text;
  } else {
    auto const files = files_in(shown.client, address, page, asked.path, shown.root);
    if (files.is_null()) return std::move(text).error();
    view["folder"] = fill("files", {{"files", files}});
  }
  Part part{asked.path, fill("file_page", view)};
  part.within = asked.path;
  part.address = text ? file_address(address, asked.path) : folder_address(address, asked.path);
  part.about = uuid;
  return part;
}

}  // namespace restapi::api::pages
