// SPDX-License-Identifier: MIT
/// Random queries of a graph of tables, as JSON: the same seed gives the same sequence on every machine.
#pragma once

#include <cstddef>
#include <cstdint>
#include <nlohmann/json.hpp>
#include <random>
#include <string>
#include <string_view>
#include <vector>

namespace restapi::test {

class QueryBodies {
 public:
  using Json = nlohmann::json;

  explicit QueryBodies(std::uint32_t seed) : random_(seed) {}

  /// Shows the ids of the vertices and the ids of the edges, of walks their depth.
  Json next() {
    Json query{{"path", Json::array()}, {"filters", Json::object()}, {"project", Json::object()}};
    std::vector<std::string> kinds;
    for (std::size_t count = 1 + below(3); query["path"].size() < count;) {
      auto const number = query["path"].size();
      auto const tag = "t" + std::to_string(number);
      Json vertex{{"tag", tag}};
      std::string kind = one_in(6) ? "group" : "node";
      if (number > 0) {
        auto const to = below(number);
        auto const way = way_from(kinds[to]);
        kind = way.kind;
        vertex["joining_keyword"] = way.keyword;
        vertex["joining_value"] = "t" + std::to_string(to);
        if (!way.shown.empty()) {
          vertex["edge_tag"] = "to " + tag;
          query["project"]["to " + tag] = {way.shown};
          if (one_in(4)) query["filters"]["to " + tag] = edge_filter(way.shown, way.keyword);
        }
      }
      kinds.push_back(kind);
      vertex["entity_type"] = kind == "node"
                                  ? pick({"", "", "data.core.str.Str.", "data.Data.", "process.ProcessNode."})
                                  : Json(kind == "group" ? "group.core" : kind);
      if (!one_in(4)) query["filters"][tag] = filters(kind, 2);
      query["project"][tag] = {"id"};
      query["path"].push_back(std::move(vertex));
    }
    return query;
  }

 private:
  std::size_t below(std::size_t end) { return random_() % end; }
  bool one_in(std::size_t number) { return below(number) == 0; }
  Json pick(std::vector<Json> const& all) { return all[below(all.size())]; }
  std::string word(std::vector<std::string> const& all) {
    auto const found = all[below(all.size())];
    return one_in(4) ? (one_in(2) ? "!" : "~") + found : found;
  }

  struct Way {
    std::string keyword, kind, shown;
  };
  Way way_from(std::string const& kind) {
    std::vector<Way> const of_node{{"with_incoming", "node", "id"},     {"with_outgoing", "node", "id"},
                                   {"with_ancestors", "node", "depth"}, {"with_descendants", "node", "depth"},
                                   {"with_node", "group", "id"},        {"with_node", "user", ""},
                                   {"with_node", "computer", ""}};
    std::vector<Way> const of_group{{"with_group", "node", "id"}, {"with_group", "user", ""}};
    if (kind == "node") return of_node[below(of_node.size())];
    if (kind == "group") return of_group[below(of_group.size())];
    // Nothing of theirs is worth a look but nodes.
    return {kind == "user" ? "with_user" : "with_computer", "node", ""};
  }

  Json edge_filter(std::string const& shown, std::string const& keyword) {
    if (shown == "depth") return {{"depth", {{word({"==", "<", ">"}), below(3)}}}};
    if (keyword == "with_node" || keyword == "with_group") return {{"id", {{word({"==", "<", ">"}), below(4)}}}};
    return {{"type", {{word({"==", "like"}), pick({"create", "input_calc", "call%", "input_%"})}}}};
  }

  Json filters(std::string const& kind, int depth) {
    Json filters = Json::object();
    for (std::size_t count = one_in(3) ? 2 : 1; count > 0; --count) {
      if (depth > 0 && one_in(4)) {
        Json list = Json::array();
        for (std::size_t parts = below(3); parts > 0; --parts) list.push_back(this->filters(kind, depth - 1));
        filters[word({"or", "and", "or"})] = std::move(list);
        continue;
      }
      auto const key = kind == "node" ? pick({"id", "label", "uuid", "ctime", "user_id", "dbcomputer_id", "attributes",
                                              "attributes", "extras", "node_type"})
                                            .get<std::string>()
                       : kind == "user" ? std::string("first_name")
                                        : std::string("label");
      bool const is_document = key == "attributes" || key == "extras";
      auto const name = is_document ? path(key) : key;
      filters[name] = operators(key, is_document, 1);
    }
    return filters;
  }

  std::string path(std::string const& column) {
    if (one_in(8)) return column;
    if (column == "extras") return "extras." + pick({"rank", "ratio", "hidden", "x"}).get<std::string>();
    return "attributes." + pick({"value",        "value",  "cell",          "cell.0",       "cell.0.0",
                                 "cell.-1.2",    "cell.3", "process_state", "exit_status",  "a.b.c",
                                 "a.b.c.1.-1.0", "list",   "dict",          "none",         "yes",
                                 "no",           "three",  "mesh",          "mesh.00",      "mesh.-3",
                                 "mesh.-4",      "pbc1",   "symbols",       "kinds.0.name", "x"})
                               .get<std::string>();
  }

  Json operators(std::string const& key, bool is_document, int depth) {
    Json operators = Json::object();
    for (std::size_t count = one_in(4) ? 2 : 1; count > 0; --count) {
      if (depth > 0 && one_in(6)) {
        Json list = Json::array();
        for (std::size_t parts = below(3); parts > 0; --parts)
          list.push_back(this->operators(key, is_document, depth - 1));
        operators[word({"or", "and"})] = std::move(list);
      } else if (is_document) {
        add_document_operator(operators);
      } else {
        add_column_operator(operators, key);
      }
    }
    return operators;
  }

  void add_column_operator(Json& operators, std::string const& key) {
    bool const is_number = key.ends_with("id") && key != "uuid";
    if (one_in(8)) {
      operators[word({"=="})] = nullptr;
      return;
    }
    auto const value = [&]() -> Json {
      if (is_number) return pick({1, 2, 3, 9, 9.5, 26, 34, -5, 1e30});
      if (key == "ctime")
        return pick({"2024-03-01", "2024-02-29 23:59:59.999999", "2024-01-10T08:00:01", "2030-01-01"});
      if (key == "uuid") return pick({"17735b6b-1ebe-426b-809e-0b8e639115f0", "9", "c", "x"});
      if (key == "node_type") return pick({"data.core.str.Str.", "data.core.dict.Dict.", "process."});
      return pick({"m", "M", "Ma", "z", "", "é", "%", "finished", "shared", "Ilse", "omega", "x"});
    };
    auto const name = word({"==", ">", "<", ">=", "<=", "in", "like", "ilike"});
    if (name.ends_with("in"))
      operators[name] = {value(), value()};
    else if (name.ends_with("like"))
      operators[name] = pick({"%", "m%", "M_", "_", "%a%", "1%", "2024-0_-%", "%\\%%", "data.core.%", "__", "9%b"});
    else
      operators[name] = value();
  }

  void add_document_operator(Json& operators) {
    auto const scalar = [&]() -> Json {
      return pick({0, 1, 3, 3.0, 3.5, 16, 34, -2, "m", "M", "mz", "", "Fe", "finished", true, false});
    };
    auto const name = word({"==", "==", ">", "<", ">=", "<=", "=>", "=<", "in", "like", "ilike", "contains", "contains",
                            "has_key", "of_length", "longer", "shorter", "of_type"});
    auto const is = [&](std::string_view end) { return name.ends_with(end); };
    if (is("==")) {
      operators[name] = one_in(3) ? pick({nullptr, Json::array(), Json::object(), Json::array({4, 4.0, 4}),
                                          Json::array({3.0, 0.0, 0.0}), Json{{"value", "m"}}})
                                  : scalar();
    } else if (is("in")) {
      auto const first = scalar();
      operators[name] = Json::array({first, first.is_string()    ? Json("z")
                                            : first.is_boolean() ? Json(true)
                                                                 : Json(34)});
    } else if (is("like")) {
      operators[name] = pick({"%", "m%", "_", "%i%", "F_", "fin____d", ""});
    } else if (is("contains")) {
      operators[name] =
          pick({4, "Fe", 0.5, Json::array({4}), Json::array({0.0, 3}), Json::array(), Json::object(),
                Json{{"value", "m"}}, Json::array({Json::array({3.0})}), Json{{"mesh", Json::array({4})}}});
    } else if (is("has_key")) {
      operators[name] = pick({"value", "b", "d", "x", "with.dot", ""});
    } else if (is("of_type")) {
      operators[name] = pick({"object", "array", "string", "number", "boolean", "null"});
    } else if (is("of_length") || is("longer") || is("shorter")) {
      operators[name] = pick({0, 1, 2, 3, -1, 100});
    } else {
      operators[name] = scalar();
    }
  }

  std::mt19937 random_;
};

}  // namespace restapi::test
