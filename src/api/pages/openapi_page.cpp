// SPDX-License-Identifier: MIT
// The description of the API for programs, for people: what can be asked at which path.
#include <algorithm>
#include <map>

#include "api/pages/kinds.hpp"
#include "api/pages/template.hpp"
#include "api/pages/values.hpp"

namespace restapi::api::pages {
namespace {

using nlohmann::json;

/// "limit" of "#/components/parameters/limit"
std::string name_in(std::string const& reference) { return reference.substr(reference.rfind('/') + 1); }

/// The little Markdown (https://commonmark.org) that the description has: `code` and **strong**.
json words_of(std::string_view text) {
  auto words = json::array();
  while (!text.empty()) {
    auto const begin = std::min({text.find('`'), text.find("**"), text.size()});
    if (begin > 0) words.push_back({{"plain", std::string(text.substr(0, begin))}, {"code", false}, {"strong", false}});
    text.remove_prefix(begin);
    if (text.empty()) break;
    std::string_view const mark = text.starts_with("**") ? "**" : "`";
    text.remove_prefix(mark.size());
    auto const end = std::min(text.find(mark), text.size());
    auto const* const kind = mark == "`" ? "code" : "strong";
    json word{{"plain", false}, {"code", false}, {"strong", false}};
    word[kind] = std::string(text.substr(0, end));
    words.push_back(std::move(word));
    text.remove_prefix(std::min(text.size(), end + mark.size()));
  }
  return words;
}

/// And its paragraphs and lists, one block each.
json blocks_of(std::string_view text) {
  auto blocks = json::array();
  std::string block;
  auto const finish = [&] {
    if (block.empty()) return;
    bool const is_item = block.starts_with("* ");
    blocks.push_back(
        {{"is_item", is_item}, {"block_words", words_of(std::string_view(block).substr(is_item ? 2 : 0))}});
    block.clear();
  };
  while (!text.empty()) {
    auto line = text.substr(0, text.find('\n'));
    text.remove_prefix(std::min(text.size(), line.size() + 1));
    while (line.starts_with(' ')) line.remove_prefix(1);
    if (line.empty() || line.starts_with("* ")) finish();
    if (!line.empty()) block.append(block.empty() ? "" : " ").append(line);
  }
  finish();
  return blocks;
}

std::string prose(std::string const& text) {
  return text.empty() ? std::string() : fill("prose", {{"blocks", blocks_of(text)}});
}

json parameters_of(json const& list) {
  auto names = json::array();
  for (auto const& parameter : list) {
    auto const reference = text_in(parameter, "$ref");
    auto const name = reference.empty() ? text_in(parameter, "name") : name_in(reference);
    names.push_back(
        {{"parameter", name}, {"parameter_href", reference.empty() ? json(false) : json("#parameter-" + name)}});
  }
  return names;
}

}  // namespace

Part openapi_page(Shown const& shown) {
  std::map<std::string, json> by_tag;
  auto const paths = shown.data.value("paths", json::object());
  for (auto const& [path, operations] : paths.items()) {
    auto const shared = operations.value("parameters", json::array());
    for (auto const& [method, operation] : operations.items()) {
      if (!operation.is_object() || !operation.contains("responses")) continue;
      auto parameters = parameters_of(shared);
      for (auto& more : parameters_of(operation.value("parameters", json::array())))
        parameters.push_back(std::move(more));
      bool const is_address = path.find('{') == path.npos;
      auto const tags = operation.value("tags", json::array());
      auto& list = by_tag[tags.empty() ? "" : plain(tags[0])];
      list.push_back({{"method", method},
                      {"path", path},
                      {"path_href", is_address ? json(shown.root + "api/v2" + path) : json(false)},
                      {"words", text_in(operation, "summary")},
                      {"description", prose(text_in(operation, "description"))},
                      {"parameters", parameters}});
    }
  }
  auto tags = json::array(), parameters = json::array();
  auto const known = shown.data.value("tags", json::array());
  for (auto const& tag : known)
    if (auto const found = by_tag.find(text_in(tag, "name")); found != by_tag.end())
      tags.push_back(
          {{"tag", found->first}, {"tag_words", text_in(tag, "description")}, {"operations", found->second}});
  auto const components = shown.data.value("components", json::object());
  auto const described = components.value("parameters", json::object());
  for (auto const& [name, parameter] : described.items())
    parameters.push_back({{"parameter", name},
                          {"name", text_in(parameter, "name")},
                          {"in", text_in(parameter, "in")},
                          {"parameter_words", prose(text_in(parameter, "description"))}});
  auto const info = shown.data.value("info", json::object());
  return {"OpenAPI", fill("openapi", {{"heading", text_in(info, "title")},
                                      {"version", text_in(info, "version")},
                                      {"json_href", shown.root + "api/v2/openapi.json"},
                                      {"description", prose(text_in(info, "description"))},
                                      {"tags", tags},
                                      {"parameters", parameters}})};
}

}  // namespace restapi::api::pages
