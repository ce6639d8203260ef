// SPDX-License-Identifier: MIT
#include "api/pages/node_page.hpp"

#include <algorithm>
#include <span>

#include "api/pages/file_view.hpp"
#include "api/pages/pictures/picture.hpp"
#include "api/pages/template.hpp"
#include "api/pages/values.hpp"
#include "http/target.hpp"

namespace restapi::api::pages {
namespace {

using nlohmann::json;

constexpr std::int64_t most_neighbours = 20, most_groups = 20;
constexpr std::int64_t most_drawn = 100;
constexpr std::size_t most_values = 300, longest_label = 200;

class NodePage {
 public:
  NodePage(Shown const& shown, json const& node)
      : shown_(shown),
        node_(node),
        uuid_(text_in(node, "uuid")),
        v2_("/api/v2/nodes/" + uuid_),
        v4_("/api/v4/nodes/" + uuid_) {}

  void add_to(json& view) const {
    auto const inputs = neighbours("incoming", "inputs", "Inputs");
    auto const outputs = neighbours("outgoing", "outputs", "Outputs");
    view["inputs"] = inputs.html;
    view["outputs"] = outputs.html;
    auto const files = files_in(shown_.client, v4_, address(v2_), "", shown_.root);
    view["files"] = files.empty() ? json(false) : json(fill("files", {{"files", files}}));
    view["attributes_href"] = address(v2_ + "/content/attributes");
    view["extras_href"] = address(v2_ + "/content/extras");
    auto attributes = json::object();
    view["attributes"] = unless_broken([&] {
      attributes = document("attributes");
      return tree("attributes", attributes);
    });
    view["extras"] = unless_broken([&] { return tree("extras", document("extras")); });
    view["picture"] = unless_broken([&] { return picture(attributes, bytes_of(files)); });
    view["graph"] = unless_broken([&] { return graph(inputs.total, outputs.total); });
    view["graph_href"] = address(v2_ + "/io/graph");
    view["log"] = unless_broken([&] { return log(); });
    view["comments"] = unless_broken([&] { return comments(); });
    view["downloads"] = downloads();
    view["maker"] = maker();
    view["computer"] = computer();
    view["groups"] = groups();
  }

 private:
  std::string address(std::string const& of_profile) const { return shown_.root + of_profile.substr(1); }

  struct Neighbours {
    std::string html;
    std::int64_t total;
  };

  Neighbours neighbours(std::string const& direction, std::string const& name, std::string const& heading) const {
    auto list = json::array();
    json more = false;
    auto const got =
        shown_.client.get(v4_ + "/links/" + direction + "?limit=" + std::to_string(most_neighbours) + "&orderby=+id");
    auto const nodes = got && got->data.is_object() ? got->data.value(direction, json::array()) : json::array();
    for (auto const& node : nodes)
      list.push_back({{"link_label", short_text(text_in(node, "link_label"), longest_label)},
                      {"link_type", text_in(node, "link_type")},
                      {"node_href", address_of("nodes", node, shown_.root)},
                      {"node_pk", node.value("id", json())},
                      {"node_label", short_text(text_in(node, "label"), longest_label)},
                      {"node_type", short_type(plain(node.value("node_type", json(""))))}});
    auto const total = got && got->total ? *got->total : std::ssize(list);
    if (total > std::ssize(list)) more = {{"more_href", address(v2_ + "/io/" + name)}, {"more_count", spaced(total)}};
    return {fill("neighbours", {{"heading", heading}, {"nodes", list}, {"more", more}}), total};
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
    return members.is_object() ? tree_of(members, most_values, whole) : fill("large", {{"whole_href", whole}});
  }

  /// What one part cannot be made of is no reason against the others: what is wrong, instead of it. What the database
  /// does not do for it, it does not do for the page.
  template <typename Make>
  json unless_broken(Make const& make) const {
    try {
      return make();
    } catch (json::exception const&) {
      return fill("note", {{"note", "What is stored here cannot be shown."}});
    } catch (Interrupted const& interrupted) {
      constexpr Code of_all[] = {Code::store_unavailable, Code::store_too_slow, Code::store_failed,
                                 Code::source_refused,    Code::cancelled,      Code::standby_behind};
      if (std::ranges::find(of_all, interrupted.error.code) != std::end(of_all)) throw;
      return fill("note", {{"note", interrupted.error.message}});
    }
  }

  static std::uint64_t bytes_of(json const& files) {
    std::uint64_t sum = 0;
    for (auto const& file : files) sum += file.value("bytes", std::uint64_t{0});
    return sum;
  }

  json picture(json const& attributes, std::uint64_t stored_bytes) const {
    if (attributes.is_null()) return fill("note", {{"note", "The attributes are too large for a picture."}});
    auto const html = picture_of({node_, attributes, shown_.client, shown_.root, v4_, stored_bytes});
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
    if (got && got->total && *got->total > std::ssize(list))
      list.push_back({{"group_name", spaced(*got->total - std::ssize(list)) + " more groups"},
                      {"group_href", address("/api/v2/groups?node.id=" + text_in(node_, "id"))}});
    return list;
  }

  std::string graph(std::int64_t inputs, std::int64_t outputs) const {
    if (inputs + outputs < most_drawn) return drawing("Provenance", "");
    // The first so many nodes of one drawing would all be inputs.
    auto const half = "&limit=" + std::to_string(most_drawn / 2);
    return (inputs > 0 ? drawing("Inputs", "&direction=inputs" + half) : "") +
           (outputs > 0 ? drawing("Outputs", "&direction=outputs" + half) : "");
  }

  std::string drawing(char const* region, std::string const& which) const {
    auto const query = "?levels=1" + which;
    auto const svg = shown_.client.text(v2_ + "/io/graph.svg" + query);
    if (!svg || !svg->starts_with("<svg")) return {};
    return fill("drawing", {{"svg", *svg},
                            {"region", region},
                            {"graph_svg", address(v2_ + "/io/graph.svg") + query},
                            {"graph_json", address(v2_ + "/io/graph.json") + query}});
  }

  /// The last lines of what grows; `left_out`: how many more there are, with their address.
  struct Lines {
    json lines = json::array();
    json left_out = false;
  };

  /// The list `name` of an answer. Nothing to show where it is refused.
  Lines last_of(std::string const& path, char const* name) const {
    constexpr std::ptrdiff_t most = 300;
    auto const got = shown_.client.get(path);
    if (!got) return {};
    Lines last;
    auto const all = got->data.is_object() ? got->data.value(name, json::array()) : json::array();
    auto const more = std::max<std::ptrdiff_t>(std::ssize(all) - most, 0);
    if (more > 0) last.left_out = {{"words", spaced(more) + " earlier ones"}, {"all_href", address(path)}};
    if (got->data.is_null()) last.left_out = {{"words", "more than a page shows"}, {"all_href", address(path)}};
    for (auto const& line : std::span(all.get_ref<json::array_t const&>()).subspan(static_cast<std::size_t>(more)))
      last.lines.push_back(line);
    return last;
  }

  json comments() const {
    auto [comments, left_out] = last_of(v4_ + "/contents/comments", "comments");
    auto list = json::array();
    for (auto const& comment : comments)
      list.push_back({{"when", shown_time(text_in(comment, "created_time"))},
                      {"when_iso", iso_of(text_in(comment, "created_time"))},
                      {"author", text_in(comment, "user")},
                      {"comment", text_in(comment, "message")}});
    if (list.empty() && left_out == false) return false;
    return fill("comments", {{"comments", std::move(list)}, {"left_out", std::move(left_out)}});
  }

  json log() const {
    if (!text_in(node_, "node_type").starts_with("process.")) return false;
    auto [lines, left_out] = last_of("/api/v4/processes/" + uuid_ + "/report", "logs");
    auto list = json::array();
    for (auto const& line : lines)
      list.push_back({{"when", shown_time(text_in(line, "time"))},
                      {"when_iso", iso_of(text_in(line, "time"))},
                      {"level", text_in(line, "levelname")},
                      {"message", text_in(line, "message")}});
    if (list.empty() && left_out == false) return false;
    return fill("log", {{"lines", std::move(list)}, {"left_out", std::move(left_out)}});
  }

  json downloads() const {
    auto list = json::array();
    auto const got = shown_.client.get("/api/v4/nodes/download_formats?full_type=" +
                                       http::percent_encode_segment("\"" + text_in(node_, "full_type") + "\""));
    if (!got || !got->data.is_object()) return list;
    for (auto const& [type, formats] : got->data.items())
      for (auto const& format : formats)
        // Pictures of bands are drawn here, not there.
        if (format != "mpl_pdf" && format != "mpl_png")
          list.push_back({{"format", plain(format)},
                          {"format_href", address(v4_ + "/download?download_format=" + plain(format))}});
    return list;
  }

  Shown const& shown_;
  json const& node_;
  std::string const uuid_, v2_, v4_;
};

}  // namespace

void add_node(json& view, Shown const& shown, json const& node) { NodePage(shown, node).add_to(view); }

}  // namespace restapi::api::pages
