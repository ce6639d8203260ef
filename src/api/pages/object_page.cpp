// SPDX-License-Identifier: MIT
// One object: its fields; of a node also what it was made from, what became of it, and what is stored with it.
#include "api/pages/kinds.hpp"
#include "api/pages/node_page.hpp"
#include "api/pages/template.hpp"
#include "api/pages/values.hpp"

namespace restapi::api::pages {
namespace {

using nlohmann::json;

json fields_of(json const& object, std::string_view resource, std::string const& root) {
  auto list = json::array();
  for (auto const& key : keys_in_order(object)) {
    auto const& value = object[key];
    if (value.is_null() || (value.is_string() && value.get_ref<std::string const&>().empty())) continue;
    auto field = cell_of(key, value, object, resource, root);
    if (key == "uuid" || key == "id") {
      field["cell_href"] = false;
      field["cell_text"] = plain(value);
    }
    field["field"] = key;
    list.push_back(std::move(field));
  }
  return list;
}

}  // namespace

json const& first_of(json const& data) {
  static json const nothing = json::object();
  if (!data.is_object() || data.empty() || !data.begin()->is_array() || data.begin()->empty()) return nothing;
  return (*data.begin())[0];
}

Part object_page(Shown const& shown) {
  auto const& object = first_of(shown.data);
  auto const resource = std::string(shown.facts.resource_type);
  auto const& segments = shown.target.segments;
  bool const is_node = object.contains("uuid") && object.contains("type") && object.contains("ctime");
  json view{{"node", false}, {"lists", json::array()}};
  auto title = plain(object.value("label", object.value("name", json(""))));
  auto fields = object;
  if (is_node) {
    if (auto const whole = shown.client.get("/api/v4/nodes/" + object.value("uuid", ""))) {
      auto const& node = first_of(whole->data);
      for (auto const& [key, value] : node.items())
        if (!value.is_structured() && key != "node_type" && key != "full_type") fields[key] = value;
      json about = json::object();
      add_node(about, shown, node);
      view["node"] = std::move(about);
    }
    view["type"] = short_type(object.value("type", ""));
    view["state"] = object.value("state", json()).is_string() ? object["state"] : json(false);
  } else {
    view["type"] = segments.size() > 2 ? segments[2] : "";
    view["state"] = false;
    struct List {
      std::string_view resource, words, query;
    };
    constexpr List lists[] = {{"users", "its nodes", "user_id="},
                              {"computers", "its nodes", "computer_id="},
                              {"groups", "its nodes", "group.id="}};
    for (auto const& list : lists)
      if (segments.size() > 2 && segments[2] == list.resource)
        view["lists"].push_back({{"words", std::string(list.words)},
                                 {"list_href", shown.root + "api/v2/nodes?" + std::string(list.query) +
                                                   plain(object.value("id", json(0)))}});
  }
  if (title.empty() && object.contains("first_name"))
    title = plain(object["first_name"]) + " " + plain(object.value("last_name", json("")));
  if (title.empty()) title = view["type"].get<std::string>() + " " + plain(object.value("id", json("")));
  view["heading"] = title;
  view["fields"] = fields_of(fields, resource, shown.root);
  Part part{title, fill("object", view)};
  if (is_node) part.about = object.value("uuid", "");
  return part;
}

}  // namespace restapi::api::pages
