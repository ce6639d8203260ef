// SPDX-License-Identifier: MIT
#include "api/pages/node_page.hpp"

#include "api/pages/file_view.hpp"
#include "api/pages/pictures/picture.hpp"
#include "api/pages/template.hpp"
#include "api/pages/values.hpp"
#include "http/target.hpp"

namespace restapi::api::pages {
namespace {

using nlohmann::json;

constexpr std::int64_t most_neighbours = 20, most_groups = 20;
constexpr std::string_view drawn = "?levels=1&limit=40";
constexpr std::size_t most_values = 300;

std::string text_in(json const& object, char const* key) {
  auto const found = object.find(key);
  return found == object.end() || found->is_null() ? std::string() : plain(*found);
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
    auto const attributes = document("attributes"), extras = document("extras");
    view["picture"] = picture(attributes);
    view["attributes"] = tree("attributes", attributes);
    view["extras"] = tree("extras", extras);
    view["graph"] = graph();
    view["graph_href"] = address(v2_ + "/io/graph");
    auto const files = files_in(shown_.client, v4_, address(v2_), "", shown_.root);
    view["files"] = files.empty() ? json(false) : json(fill("files", {{"files", files}}));
    view["comments"] = comments();
    view["logs"] = logs();
    view["downloads"] = downloads();
    view["maker"] = maker();
    view["computer"] = computer();
    view["groups"] = groups();
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

  /// Empty: there are none; null: more than a page shows.
  json document(std::string const& name) const {
    auto const got = shown_.client.get(v2_ + "/content/" + name);
    if (!got) return json::object();
    return got->data.is_object() ? got->data.value(name, json::object()) : json();
  }

  json tree(std::string const& name, json const& members) const {
    if (members.is_object() && members.empty()) return false;
    auto const whole = address(v2_ + "/content/" + name);
    return {{"tree", members.is_object() ? json(tree_of(members, most_values, whole)) : json(false)},
            {"document_href", whole}};
  }

  json picture(json const& attributes) const {
    auto const members = attributes.is_object() ? attributes : json::object();
    auto const html = picture_of({node_, members, shown_.client, shown_.root, v4_});
    return html.empty() ? json(false) : json(html);
  }

  json maker() const {
    auto const id = text_in(node_, "user_id");
    if (id.empty()) return false;
    auto const got = shown_.client.get("/api/v2/users/" + id);
    if (!got || !got->data.is_object()) return false;
    auto const users = got->data.value("users", json::array());
    if (users.empty()) return false;
    auto const name = text_in(users[0], "first_name") + " " + text_in(users[0], "last_name");
    return {{"maker_name", name == " " ? "user " + id : name}, {"maker_href", address("/api/v2/users/" + id)}};
  }

  json computer() const {
    auto const got = shown_.client.get("/api/v2/computers?node.id=" + text_in(node_, "id") + "&limit=1");
    if (!got || !got->data.is_object()) return false;
    auto const computers = got->data.value("computers", json::array());
    if (computers.empty()) return false;
    return {{"computer_name", text_in(computers[0], "name")},
            {"computer_href", address_of("computers", computers[0], shown_.root)}};
  }

  json groups() const {
    auto list = json::array();
    auto const got =
        shown_.client.get("/api/v2/groups?node.id=" + text_in(node_, "id") + "&limit=" + std::to_string(most_groups));
    auto const groups = got && got->data.is_object() ? got->data.value("groups", json::array()) : json::array();
    for (auto const& group : groups)
      list.push_back(
          {{"group_name", text_in(group, "name")}, {"group_href", address_of("groups", group, shown_.root)}});
    return list;
  }

  json graph() const {
    auto const svg = shown_.client.text(v2_ + "/io/graph.svg" + std::string(drawn));
    if (!svg || !svg->starts_with("<svg")) return false;
    return fill("drawing", {{"svg", *svg},
                            {"graph_svg", address(v2_ + "/io/graph.svg") + std::string(drawn)},
                            {"graph_json", address(v2_ + "/io/graph.json") + std::string(drawn)}});
  }

  json comments() const {
    auto list = json::array();
    auto const got = shown_.client.get(v4_ + "/contents/comments");
    if (!got || !got->data.is_object()) return list;
    for (auto const& comment : got->data.value("comments", json::array()))
      list.push_back({{"when", shown_time(plain(comment.value("created_time", json(""))))},
                      {"author", text_in(comment, "user")},
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
    auto const got = shown_.client.get("/api/v4/nodes/download_formats?full_type=" +
                                       http::percent_encode_segment("\"" + text_in(node_, "full_type") + "\""));
    if (!got || !got->data.is_object()) return list;
    for (auto const& [type, formats] : got->data.items())
      for (auto const& format : formats)
        list.push_back(
            {{"format", plain(format)}, {"format_href", address(v4_ + "/download?download_format=" + plain(format))}});
    return list;
  }

  Shown const& shown_;
  json const& node_;
  std::string const uuid_, v2_, v4_;
};

}  // namespace

void add_node(json& view, Shown const& shown, json const& node) { NodePage(shown, node).add_to(view); }

}  // namespace restapi::api::pages
