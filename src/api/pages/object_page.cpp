// SPDX-License-Identifier: MIT
// One object: its fields; of a node also what it was made from, what became of it, and what is stored with it.
#include "api/pages/kinds.hpp"
#include "api/pages/template.hpp"
#include "api/pages/values.hpp"

namespace restapi::api::pages {
namespace {

using nlohmann::json;

constexpr std::int64_t most_neighbours = 20;
constexpr std::int64_t most_drawn = 40;

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

json const& first_of(json const& data) {
  static json const nothing = json::object();
  if (!data.is_object() || data.empty() || !data.begin()->is_array() || data.begin()->empty()) return nothing;
  return (*data.begin())[0];
}

class NodePage {
 public:
  NodePage(Shown const& shown, json const& node)
      : shown_(shown),
        node_(node),
        uuid_(node.value("uuid", "")),
        v2_("/api/v2/nodes/" + uuid_),
        v4_("/api/v4/nodes/" + uuid_) {}

  void add_to(json& view) const {
    view["inputs"] = neighbours("incoming", "inputs", "Inputs");
    view["outputs"] = neighbours("outgoing", "outputs", "Outputs");
    view["attributes"] = document("attributes");
    view["extras"] = document("extras");
    view["graph"] = graph();
    view["graph_href"] = address(v2_ + "/io/graph");
    view["graph_svg"] = address(v2_ + "/io/graph.svg");
    view["files"] = files();
    view["comments"] = comments();
    view["logs"] = logs();
    view["downloads"] = downloads();
  }

 private:
  std::string address(std::string const& of_profile) const { return shown_.root + of_profile.substr(1); }

  std::string neighbours(std::string const& direction, std::string const& name, std::string const& heading) const {
    auto list = json::array();
    json more = false;
    auto const got =
        shown_.client.get(v4_ + "/links/" + direction + "?limit=" + std::to_string(most_neighbours) + "&orderby=+id");
    auto const nodes = got && got->data.is_object() ? got->data.value(direction, json::array()) : json::array();
    for (auto const& node : nodes)
      list.push_back({{"link_label", node.value("link_label", "")},
                      {"link_type", node.value("link_type", "")},
                      {"node_href", address_of("nodes", node, shown_.root)},
                      {"node_pk", node.value("id", json())},
                      {"node_label", node.value("label", json()).is_string() ? node["label"] : json("")},
                      {"node_type", short_type(plain(node.value("node_type", json(""))))}});
    if (got && got->total && *got->total > std::ssize(list))
      more = {{"more_href", address(v2_ + "/io/" + name)}, {"more_count", spaced(*got->total)}};
    return fill("neighbours", {{"heading", heading}, {"nodes", list}, {"more", more}});
  }

  json document(std::string const& name) const {
    auto const got = shown_.client.get(v2_ + "/content/" + name);
    if (!got || !got->data.is_object()) return false;
    auto const& members = got->data.value(name, json::object());
    if (members.empty()) return false;
    return {{"tree", tree_of(members)}, {"document_href", address(v2_ + "/content/" + name)}};
  }

  json graph() const {
    auto const drawn = shown_.client.text(v2_ + "/io/graph.svg?limit=" + std::to_string(most_drawn));
    return drawn && drawn->starts_with("<svg") ? json(*drawn) : json(false);
  }

  json files() const {
    auto list = json::array();
    auto const got = shown_.client.get(v4_ + "/repo/list");
    if (!got || !got->data.is_object()) return list;
    for (auto const& file : got->data.value("repo_list", json::array())) {
      auto const name = file.value("name", "");
      bool const is_folder = file.value("type", "") == "DIRECTORY";
      auto const path = v4_ + (is_folder ? "/repo/list" : "/repo/contents") +
                        "?filename=" + http::percent_encode_segment("\"" + name + "\"");
      list.push_back({{"file", name}, {"is_folder", is_folder}, {"file_href", address(path)}});
    }
    return list;
  }

  json comments() const {
    auto list = json::array();
    auto const got = shown_.client.get(v4_ + "/contents/comments");
    if (!got || !got->data.is_object()) return list;
    for (auto const& comment : got->data.value("comments", json::array()))
      list.push_back({{"when", shown_time(plain(comment.value("created_time", json(""))))},
                      {"comment", plain(comment.value("message", json("")))}});
    return list;
  }

  json logs() const {
    auto list = json::array();
    if (!node_.value("node_type", "").starts_with("process.")) return list;
    auto const got = shown_.client.get("/api/v4/processes/" + uuid_ + "/report");
    if (!got || !got->data.is_object()) return list;
    for (auto const& line : got->data.value("logs", json::array()))
      list.push_back({{"when", shown_time(plain(line.value("time", json(""))))},
                      {"level", plain(line.value("levelname", json("")))},
                      {"message", plain(line.value("message", json("")))}});
    return list;
  }

  json downloads() const {
    auto list = json::array();
    auto const got = shown_.client.get("/api/v4/nodes/download_formats");
    if (!got || !got->data.is_object()) return list;
    for (auto const& format : got->data.value(node_.value("node_type", "") + "|", json::array()))
      list.push_back(
          {{"format", plain(format)}, {"format_href", address(v4_ + "/download?download_format=" + plain(format))}});
    return list;
  }

  Shown const& shown_;
  json const& node_;
  std::string const uuid_, v2_, v4_;
};

}  // namespace

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
      NodePage(shown, node).add_to(about);
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
  return {title, fill("object", view)};
}

}  // namespace restapi::api::pages
