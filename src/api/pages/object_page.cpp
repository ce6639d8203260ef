// SPDX-License-Identifier: MIT
// One object: its fields; of a node also what it was made from, what became of it, and what is stored with it.
#include <algorithm>

#include "api/pages/kinds.hpp"
#include "api/pages/node_page.hpp"
#include "api/pages/node_table.hpp"
#include "api/pages/states.hpp"
#include "api/pages/template.hpp"
#include "api/pages/values.hpp"

namespace restapi::api::pages {
namespace {

using nlohmann::json;

constexpr std::size_t longest_title = 200;

json fields_of(json const& object, std::string_view resource, std::string const& root) {
  auto list = json::array();
  bool const is_node = object.contains("ctime");
  auto const address = address_of(resource, object, root);
  for (auto const& key : keys_in_order(object)) {
    auto const& value = object[key];
    // The heading of a node says these.
    bool const is_whole = key != "label" || text_in(object, "label").size() <= longest_title;
    if (is_node && ((key == "label" && is_whole) || key == "state" || key == "user_id")) continue;
    if (value.is_null() || (value.is_string() && value.get_ref<std::string const&>().empty())) continue;
    auto field = cell_of(key, value, address, root);
    // Here they are about this page; and the whole type is what a query wants.
    if (key == "uuid" || key == "id" || key == "label" || key == "name" || key == "last_name")
      field["cell_href"] = false;
    if (key == "uuid" || key == "type" || key == "node_type" || key == "label" || key == "description") {
      field["cell_text"] = plain(value);
      field["cell_title"] = false;
    }
    field["field"] = key;
    list.push_back(std::move(field));
  }
  return list;
}

struct Owner {
  std::string_view resource, singular, words, key;
};
constexpr Owner owners[] = {{"users", "user", "Nodes made by this user", "user_id"},
                            {"computers", "computer", "Nodes on this computer", "computer_id"},
                            {"groups", "group", "Nodes in this group", "group.id"}};

/// The newest nodes of a user, a computer or a group.
void add_nodes_of(json& view, Shown const& shown, json const& object) {
  auto const resource = shown.target.segments.size() > 2 ? shown.target.segments[2] : "";
  auto const* const owner = std::ranges::find(owners, resource, &Owner::resource);
  view["type"] = owner == std::end(owners) ? resource : std::string(owner->singular);
  if (owner == std::end(owners)) return;
  auto const query = std::string(owner->key) + "=" + plain(object.value("id", json(0)));
  auto const got = shown.client.get("/api/v2/nodes?" + query + "&orderby=-id&limit=" + std::to_string(usual_size));
  auto const nodes = got && got->data.is_object() ? got->data.value("nodes", json::array()) : json::array();
  view["owned"] = {{"words", std::string(owner->words)},
                   {"list_href", shown.root + "api/v2/nodes?" + http::percent_encode(query)},
                   {"count", got && got->total ? json(spaced(*got->total)) : json(false)},
                   {"owned_nodes", nodes.empty() ? json(false) : json(node_table(shown.client, nodes, shown.root))}};
}

/// What lists do not show.
void add_description(json& fields, Shown const& shown, json const& object) {
  auto const got = shown.client.get("/api/v2/nodes?fields=description,exit_status&uuid=" + text_in(object, "uuid"));
  if (!got || !got->data.is_object()) return;
  for (auto const& [key, value] : first_of(got->data).items()) fields[key] = value;
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
  bool const is_node = object.contains("uuid") && object.contains("type") && object.contains("ctime");
  json view{{"node", false}, {"owned", false}};
  auto title = plain(object.value("label", object.value("name", json(""))));
  auto fields = object;
  if (is_node) {
    if (auto const whole = shown.client.get("/api/v4/nodes/" + text_in(object, "uuid"))) {
      auto const& node = first_of(whole->data);
      for (auto const& [key, value] : node.items())
        if (!value.is_structured() && key != "node_type" && key != "full_type") fields[key] = value;
      json about = json::object();
      add_node(about, shown, node);
      view["node"] = std::move(about);
      add_description(fields, shown, object);
    }
    view["type"] = short_type(text_in(object, "type"));
    view["state"] = object.value("state", json()).is_string() ? object["state"] : json(false);
    auto const exit_status = fields.value("exit_status", json());
    bool const has_failed = exit_status.is_number() && exit_status != 0;
    view["exit_status"] = has_failed ? exit_status : json(false);
    view["state_look"] = state_of(text_in(object, "state"), exit_status).look;
  } else {
    view["state"] = false;
    add_nodes_of(view, shown, object);
  }
  if (title.empty() && object.contains("first_name"))
    title = plain(object["first_name"]) + " " + plain(object.value("last_name", json("")));
  if (title.empty() || title == " ")
    title = view["type"].get<std::string>() + " " + plain(object.value("id", json("")));
  if (title.size() > longest_title) title = short_text(title, longest_title);
  view["heading"] = title;
  view["fields"] = fields_of(fields, resource, shown.root);
  Part part{title, fill("object", view)};
  if (is_node) {
    part.about = text_in(object, "uuid");
    part.about_pk = text_in(object, "id");
  }
  return part;
}

}  // namespace restapi::api::pages
