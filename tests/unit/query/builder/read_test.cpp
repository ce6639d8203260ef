// SPDX-License-Identifier: MIT
#include "query/builder/read.hpp"

#include <catch2/catch.hpp>

#include "support/schemas.hpp"

using namespace restapi;
using namespace query::builder;

namespace {

Result<BuilderPlan> read(std::string const& body, query::Policy policy = {},
                         std::string const& schema = "postgresql_gen2") {
  auto const json = read_json(body, max_depth);
  if (!json) return json.error();
  return read_query(*json, test::catalog_of(schema), policy);
}

BuilderPlan plan(std::string const& body, std::string const& schema = "postgresql_gen2") {
  INFO(body);
  auto planned = read(body, {}, schema);
  if (!planned) FAIL(planned.error().message << " — " << planned.error().hint);
  return *std::move(planned);
}

/// A query of two nodes, p and its outputs d, with more keys.
std::string two(std::string const& more = "") {
  return R"({"path": [{"entity_type": "", "tag": "p"}, {"entity_type": "", "tag": "d", "with_incoming": "p"}])" +
         (more.empty() ? "" : ", " + more) + "}";
}

/// A query whose second vertex is this.
std::string second(std::string const& vertex, std::string const& first = R"("entity_type": "", "tag": "a")") {
  return R"({"path": [{)" + first + "}, {" + vertex + "}]}";
}

std::string filtered(std::string const& filters) { return two(R"("filters": {"p": )" + filters + "}"); }

void refuse(std::string const& body, std::string const& message, std::string const& hint = "") {
  INFO(body);
  auto const planned = read(body);
  REQUIRE_FALSE(planned);
  CHECK(planned.error().message == message);
  if (!hint.empty()) CHECK_THAT(planned.error().hint, Catch::Contains(hint));
}

}  // namespace

TEST_CASE("a query says where it is wrong, and what would have worked", "[querybuilder][error]") {
  refuse("[]", "the body: takes an object, not a list", "path");
  refuse("{}", "the body: has no path", "a list of vertices");
  refuse(R"({"path": [{"entity_type": "", "tag": "p"}], "filter": {}})", "/filter: is no key of a query",
         "did you mean \"filters\"? keys: distinct, filters, limit");
  refuse(R"({"path": {}})", "/path: takes a list of vertices, not an object");
  refuse(R"({"path": []})", "/path: has no vertex");
  refuse(R"({"path": ["p"]})", "/path/0: takes an object with entity_type and tag, not a text");
  refuse(R"({"path": [{"tag": "p"}]})", "/path/0: has no entity_type");
  refuse(R"({"path": [{"entity_type": ""}]})", "/path/0: has no tag");
  refuse(R"({"path": [{"entity_type": "", "tag": 5}]})", "/path/0/tag: takes a text, not a number");
  refuse(R"({"path": [{"entity_type": "", "tag": "a--b"}]})",
         "/path/0/tag: takes a name without --, which joins the tags of edges");
  refuse(R"({"path": [{"entity_type": "", "tag": "a", "filtres": {}}]})", "/path/0/filtres: is no key of a vertex",
         "did you mean \"filters\"?");
  refuse(R"({"path": [{"entity_type": "", "tag": "a", "outerjoin": 1, "subclassing": 1}]})",
         "/path/0/subclassing: takes true or false, not a number");
  refuse(second(R"("entity_type": "", "tag": "b", "outerjoin": 1)"),
         "/path/1/outerjoin: takes true or false, not a number");
  refuse(second(R"("entity_type": "", "tag": "a")"), "/path/1/tag: the tag \"a\" is there already");
  refuse(second(R"("entity_type": "", "tag": "b", "edge_tag": "a")"),
         "/path/1/edge_tag: the tag \"a\" is there already");
}

TEST_CASE("types of vertices", "[querybuilder]") {
  auto const kind = [](std::string const& type) {
    return plan(R"({"path": [{"entity_type": ")" + type + R"(", "tag": "a"}]})").path[0].part.kind;
  };
  CHECK(kind("") == Kind::node);
  CHECK(kind("data.core.array.ArrayData.") == Kind::node);
  CHECK(kind("data.Data.") == Kind::node);
  CHECK(kind("group.core") == Kind::group);
  CHECK(kind("Group.") == Kind::group);
  CHECK(kind("GROUP.core.auto") == Kind::group);
  CHECK(kind("group.core.auto.") == Kind::group);
  CHECK(kind("computer") == Kind::computer);
  CHECK(kind("user") == Kind::user);
  CHECK(kind("link") == Kind::link);
  for (auto const* type :
       {"comment", "log", "authinfo", "data.", "data.core", "group", "Computer", "comment.Comment", "node", ".", "x"})
    refuse(std::string(R"({"path": [{"entity_type": ")") + type + R"(", "tag": "a"}]})",
           std::string("/path/0/entity_type: The type string ") + type + " is invalid", "data.core.dict.Dict.");
  refuse(R"({"path": [{"entity_type": [], "tag": "a"}]})", "/path/0/entity_type: has no types");
  refuse(R"({"path": [{"entity_type": 5, "tag": "a"}]})",
         "/path/0/entity_type: takes a text or a list of texts, not a number");
  refuse(R"({"path": [{"entity_type": ["", 5], "tag": "a"}]})", "/path/0/entity_type/1: takes a text, not a number");
  refuse(R"({"path": [{"entity_type": ["", "user"], "tag": "a"}]})",
         "/path/0/entity_type/1: the types are of different kinds");
  CHECK(plan(R"({"path": [{"entity_type": ["data.core.int.Int.", "data.core.float.Float."], "tag": "a"}]})")
            .path[0]
            .part.filters.size() == 1);
}

TEST_CASE("joins", "[querybuilder]") {
  struct Case {
    std::string self, keyword, other;
    std::optional<Kind> edge;
  };
  std::vector<Case> const cases{
      {"", "with_incoming", "", Kind::link},
      {"", "with_outgoing", "", Kind::link},
      {"", "with_ancestors", "", Kind::walk},
      {"", "with_descendants", "", Kind::walk},
      {"", "with_group", "group.core", Kind::member},
      {"", "with_user", "user", {}},
      {"", "with_computer", "computer", {}},
      {"group.core", "with_node", "", Kind::member},
      {"group.core", "with_user", "user", {}},
      {"computer", "with_node", "", {}},
      {"user", "with_node", "", {}},
      {"user", "with_group", "group.core", {}},
  };
  CHECK(cases.size() == joins().size());
  for (auto const& one : cases) {
    auto const first = R"("entity_type": ")" + one.other + R"(", "tag": "a")";
    auto const own = R"("entity_type": ")" + one.self + R"(", "tag": "b", )";
    for (auto const& way :
         {R"("joining_keyword": ")" + one.keyword + R"(", "joining_value": "a")", '"' + one.keyword + R"(": "a")"}) {
      auto const joined = *plan(second(own + way, first)).path[1].joined;
      CHECK(joined.join->keyword == one.keyword);
      CHECK(joined.join->edge == one.edge);
      CHECK(joined.to == 0);
      CHECK(joined.edge.has_value() == one.edge.has_value());
      if (joined.edge) CHECK(joined.edge->tag == "a--b");
    }
  }
}

TEST_CASE("how a vertex may say what it joins", "[querybuilder]") {
  auto const keyword = [](std::string const& vertex, std::string const& first = R"("entity_type": "", "tag": "a")") {
    return std::string(plan(second(vertex, first)).path[1].joined->join->keyword);
  };
  CHECK(keyword(R"("entity_type": "", "tag": "b")") == "with_incoming");
  CHECK(keyword(R"("entity_type": "", "tag": "b", "joining_keyword": null, "joining_value": null)") == "with_incoming");
  CHECK(keyword(R"("entity_type": "", "tag": "b", "joining_value": "a")") == "with_incoming");
  CHECK(keyword(R"("entity_type": "user", "tag": "b")") == "with_node");
  CHECK(keyword(R"("entity_type": "", "tag": "b", "direction": 1)") == "with_incoming");
  CHECK(keyword(R"("entity_type": "", "tag": "b", "direction": -1)") == "with_outgoing");
  CHECK(plan(second(R"("entity_type": "", "tag": "b", "edge_tag": "e")")).path[1].joined->edge->tag == "e");
  CHECK(plan(second(R"("entity_type": "", "tag": "b", "outerjoin": true)")).path[1].joined->is_outer);

  refuse(second(R"("entity_type": "", "tag": "b", "direction": 2)"),
         "/path/1/direction: no vertex is so far before this one");
  refuse(second(R"("entity_type": "", "tag": "b", "direction": 0)"),
         "/path/1/direction: no vertex is so far before this one");
  refuse(second(R"("entity_type": "", "tag": "b", "direction": "1")"),
         "/path/1/direction: takes an integer, not a text");
  refuse(second(R"("entity_type": "", "tag": "b", "with_incoming": "c")"),
         "/path/1/with_incoming: \"c\" is the tag of no earlier vertex", "tags of earlier vertices: a");
  refuse(second(R"("entity_type": "", "tag": "b", "with_incoming": "b")"),
         "/path/1/with_incoming: \"b\" is the tag of no earlier vertex");
  refuse(second(R"("entity_type": "", "tag": "b", "with_incoming": "a", "direction": 1)"),
         "/path/1/with_incoming: the vertex is joined by direction already");
  refuse(second(R"("entity_type": "", "tag": "b", "joining_keyword": "with_incoming")"),
         "/path/1: has a joining_keyword without joining_value");
  refuse(second(R"("entity_type": "", "tag": "b", "joining_keyword": "with_group", "joining_value": "a")"),
         "/path/1/joining_keyword: a node does not join a node by \"with_group\"",
         "keywords between the two: with_incoming, with_outgoing, with_ancestors, with_descendants");
  refuse(second(R"("entity_type": "user", "tag": "b", "with_group": "a")"),
         "/path/1/with_group: a user does not join a node by \"with_group\"", "with_node");
  refuse(second(R"("entity_type": "computer", "tag": "b")", R"("entity_type": "user", "tag": "a")"),
         "/path/1: a computer does not join a user by \"with_node\"", "with_node");
  refuse(second(R"("entity_type": "", "tag": "b", "with_comment": "a")"),
         "/path/1/with_comment: is no key of a vertex");
  refuse(R"({"path": [{"entity_type": "", "tag": "a", "with_incoming": "a"}]})",
         "/path/0/with_incoming: the first vertex of a path has none before it to join");
}

TEST_CASE("filters that are refused", "[querybuilder][error]") {
  refuse(two(R"("filters": {"q": {}})"), "/filters/q: there is no tag \"q\"", "tags: p, d, p--d");
  refuse(filtered("[1]"), "/filters/p: takes an object of filters, not a list");
  refuse(filtered("5"), "/filters/p: takes an object of filters, not a number");
  refuse(filtered(R"({"labl": "x"})"), "/filters/p/labl: a node has no column \"labl\"",
         "did you mean \"label\"? columns of a node: attributes, ctime");
  refuse(filtered(R"({"label.x": "x"})"), "/filters/p/label.x: \"label\" is no JSON, so it has nothing behind a point");
  refuse(filtered(R"({"not": []})"), "/filters/p/not: is no key of filters");
  refuse(filtered(R"({"or": {}})"), "/filters/p/or: takes a list of objects, not an object");
  refuse(filtered(R"({"or": [{"label": "a"}, 5]})"), "/filters/p/or/1: takes an object of filters, not a number");
  refuse(filtered(R"({"or": [{"label": {"=": "a"}}]})"),
         "/filters/p/or/0/label/=: label does not take the operator \"=\"",
         "operators of columns, each also with ! or ~ in front: ==, >, <, >=, <=, in, like, ilike, and, or");
  refuse(filtered(R"({"attributes.n": {"====": 1}})"),
         "/filters/p/attributes.n/====: attributes.n does not take the operator \"====\"",
         "contains, has_key, of_length");
  refuse(filtered(R"({"label": {"=>": "a"}})"), "/filters/p/label/=>: label does not take the operator \"=>\"");
  refuse(filtered(R"({"label": {"and": [5]}})"), "/filters/p/label/and/0: takes an object of operators, not a number");
  refuse(filtered(R"({"node_type": 5})"), "/filters/p/node_type: takes a text, not a number");
  refuse(filtered(R"({"id": true})"), "/filters/p/id: takes an integer, not true or false");
  refuse(filtered(R"({"id": "x"})"), "/filters/p/id: takes an integer, not \"x\"");
  refuse(filtered(R"({"id": {">": null}})"), "/filters/p/id/>: takes an integer, not null");
  refuse(filtered(R"({"ctime": "soon"})"), "/filters/p/ctime: takes a date-time, not \"soon\"", "ISO 8601");
  refuse(filtered(R"({"ctime": "2024-02-30"})"), "/filters/p/ctime: takes a date-time, not \"2024-02-30\"");
  refuse(filtered(R"({"uuid": {"in": []}})"), "/filters/p/uuid/in: takes a list with at least one value");
  refuse(filtered(R"({"uuid": {"in": "x"}})"), "/filters/p/uuid/in: takes a list, not a text");
  refuse(filtered(R"({"id": {"in": [1, "2"]}})"),
         "/filters/p/id/in/1: is a text in a list of which the first value is a number");
  refuse(filtered(R"({"label": {"like": 5}})"), "/filters/p/label/like: takes a pattern, not a number");
  refuse(filtered(R"({"attributes.n": {">": []}})"),
         "/filters/p/attributes.n/>: takes a number, a text, true or false, not a list");
  refuse(filtered(R"({"attributes.n": {">": null}})"),
         "/filters/p/attributes.n/>: takes a number, a text, true or false, not null");
  refuse(filtered(R"({"attributes.n": {"in": [[1], 2]}})"),
         "/filters/p/attributes.n/in/1: is a number in a list of which the first value is a list");
  std::string many = "[1]";
  for (int i = 0; i < 200; ++i) many += ",[1]";
  refuse(filtered(R"({"attributes.n": {"in": [)" + many + "]}}"),
         "/filters/p/attributes.n/in: has too many lists or objects");
  refuse(filtered(R"({"attributes": {"has_key": 5}})"), "/filters/p/attributes/has_key: takes a text, not a number");
  refuse(filtered(R"({"attributes.n": {"of_length": "3"}})"),
         "/filters/p/attributes.n/of_length: takes an integer, not a text");
  refuse(filtered(R"({"attributes.n": {"of_type": "list"}})"),
         "/filters/p/attributes.n/of_type: JSON has no type \"list\"",
         "types of JSON: object, array, string, number, boolean, null");
  refuse(filtered(R"({"attributes.n": 1e500})"), "/filters/p/attributes.n: the number is out of range");
  refuse(filtered(R"({"attributes.n": {"==": {"a": [1e500]}}})"),
         "/filters/p/attributes.n/==/a/0: the number is out of range");
  refuse(filtered(R"({"a/b~c": 1})"), "/filters/p/a~1b~0c: a node has no column \"a/b~c\"");
  refuse(two(R"("filters": {"p--d": {"x": 1}})"), "/filters/p--d/x: a link has no column \"x\"",
         "columns of a link: id, input_id, label, output_id, type");
  refuse(second(R"("entity_type": "user", "tag": "u", "edge_filters": {"id": 1})"),
         "/path/1/edge_filters/id: this edge has no columns");
  refuse(R"({"path": [{"entity_type": "", "tag": "a", "filters": {"x": 1}}]})",
         "/path/0/filters/x: a node has no column \"x\"");
}

TEST_CASE("limits of a query", "[querybuilder][error]") {
  std::string vertices, filters, types;
  for (int i = 0; i < 17; ++i)
    vertices += std::string(i == 0 ? "" : ",") + R"({"entity_type": "", "tag": "t)" + std::to_string(i) + "\"}";
  refuse(R"({"path": [)" + vertices + "]}", "/path: has too many vertices", "at most 16");
  for (int i = 0; i < 301; ++i) filters += std::string(i == 0 ? "" : ",") + R"({"id": 1})";
  refuse(filtered(R"({"or": [)" + filters + "]}"), "/filters/p/or/299/id: is one filter too many", "at most 300");
  refuse(filtered(R"({"label": {"like": ")" + std::string(1001, 'x') + "\"}}"),
         "/filters/p/label/like: the pattern is too long");
  std::string deep;
  for (int i = 0; i < 70; ++i) deep += "[";
  refuse(filtered(R"({"attributes.n": )" + deep), "the body is nested deeper than 64 lists and objects");
  std::string path = "attributes";
  for (int i = 0; i < 65; ++i) path += ".a";
  CHECK_FALSE(read(filtered("{\"" + path + "\": 1}")));
  std::string times;
  for (int i = 0; i < 201; ++i) times += std::string(i == 0 ? "" : ",") + "\"2024-01-01\"";
  refuse(filtered(R"({"ctime": {"in": [)" + times + "]}}"), "/filters/p/ctime/in: has too many date-times");
}

TEST_CASE("projections", "[querybuilder]") {
  auto const keys = [](std::string const& items, std::string const& more = "") {
    std::string found;
    auto const planned = plan(two(R"("project": {"p": )" + items + "}" + more));
    for (auto const& output : planned.path[0].part.outputs) found += (found.empty() ? "" : " ") + output.key;
    return found;
  };
  CHECK(keys(R"("id")") == "id");
  CHECK(keys(R"(["id", {"uuid": {}}, {"attributes.a.b": {"cast": "f"}, "pk": null}])") == "id uuid attributes.a.b pk");
  auto const all =
      "attributes ctime dbcomputer_id description extras id label mtime node_type process_type "
      "repository_metadata user_id uuid";
  CHECK(keys(R"("*")") == all);
  CHECK(keys(R"(["**"])") == all);
  CHECK(keys(R"([{"*": {}}])") == all);
  CHECK(keys(R"(["id"])", R"(, "project_map": {"p": {"id": "pk", "label": "name"}})") == "pk");

  // Nothing projected: all of the last vertex.
  CHECK(plan(two()).path[1].part.outputs.size() == 13);
  CHECK(plan(two()).path[0].part.outputs.empty());
  CHECK(plan(two(R"("project": {"p": [], "d": []})")).path[1].part.outputs.size() == 13);
  CHECK(plan(R"({"path": [{"entity_type": "user", "tag": "u"}]})").path[0].part.outputs.size() == 4);
  CHECK(plan(two(R"("project": {"p--d": ["**"]})")).path[1].joined->edge->outputs.size() == 5);

  // Inside of the path, where there is none above.
  auto const own = R"({"path": [{"entity_type": "", "tag": "p", "project": ["id"]}], "project": )";
  CHECK(plan(std::string(own) + R"({}})").path[0].part.outputs[0].key == "id");
  CHECK(plan(std::string(own) + R"({"p": ["uuid"]}})").path[0].part.outputs[0].key == "uuid");

  auto const wrong = [](std::string const& items, std::string const& message, std::string const& hint = "") {
    refuse(two(R"("project": {"p": )" + items + "}"), message, hint);
  };
  wrong(R"(["id", "id"])", "/project/p/1: \"id\" is named twice");
  wrong(R"(["**", "id"])", "/project/p/1: all columns are named, and one of them besides");
  wrong(R"(["id", "*"])", "/project/p/1: all columns are named, and one of them besides");
  wrong(R"([{"*": {"func": "max"}}])", "/project/p/0/*: a function takes one column");
  wrong(R"([{"id": {"fun": "max"}}])", "/project/p/0/id/fun: is no option",
        "did you mean \"func\"? options: cast, func");
  wrong(R"([{"id": {"func": "sum"}}])", "/project/p/0/id/func: knows no \"sum\"", "functions: max, min, count");
  wrong(R"([{"id": {"cast": "x"}}])", "/project/p/0/id/cast: there is no cast \"x\"", "f (float)");
  wrong(R"([{"id": 5}])", "/project/p/0/id: takes an object of options, not a number");
  wrong("[5]", "/project/p/0: takes the name of a column, or an object of names and options, not a number");
  wrong("[[]]", "/project/p/0: takes the name of a column, or an object of names and options, not a list");
  wrong(R"(["x"])", "/project/p/0: a node has no column \"x\"");
  wrong(R"([{"attributes.a": {"func": "max"}}])",
        "/project/p/0/attributes.a: max and min of JSON need a cast that has an order");
  wrong(R"(["id", {"pk": {"func": "max"}}])", "/project/p: has a function beside columns without one");
  refuse(two(R"("project": {"p": ["id", "label"]}, "project_map": {"p": {"id": "label"}})"),
         "/project/p: two columns would have the key \"label\"");
  refuse(two(R"("project_map": {"p": {"id": 5}})"), "/project_map/p/id: takes a text, not a number");
  refuse(two(R"("project": ["id"])"), "/project: takes an object of tags, not a list");
}

TEST_CASE("addresses are private", "[querybuilder]") {
  std::string const path = R"({"path": [{"entity_type": "user", "tag": "u"}], )";
  for (auto const& [body, where] :
       std::vector<std::pair<std::string, std::string>>{{R"("project": {"u": ["email"]}})", "/project/u/0"},
                                                        {R"("filters": {"u": {"email": "a"}}})", "/filters/u/email"},
                                                        {R"("order_by": {"u": "email"}})", "/order_by/u"}}) {
    auto const refused = read(path + body);
    REQUIRE_FALSE(refused);
    CHECK(refused.error().code == Code::private_key);
    CHECK(refused.error().message == where + ": \"email\" is private on this server");
    CHECK(refused.error().hint.find("email") == std::string::npos);
    CHECK(read(path + body, {.private_filters = true}));
  }
  auto const all = plan(path + R"("project": {"u": "**"}})");
  for (auto const& output : all.path[0].part.outputs) CHECK(output.key != "email");
}

TEST_CASE("orders and windows", "[querybuilder]") {
  auto const order = [](std::string const& text) { return plan(two(R"("order_by": )" + text)).order; };
  CHECK(order("null").empty());
  CHECK(order("[]").empty());
  CHECK_FALSE(order(R"({"p": "id"})")[0].descending);
  CHECK(order(R"([{"p": [{"id": "desc"}]}])")[0].descending);
  CHECK(order(R"([{"d": [{"attributes.energy": {"order": "asc", "cast": "f"}}]}])")[0].cast == Cast::real);
  CHECK(order(R"([{"p": ["id", "uuid"]}, {"p--d": ["label"]}])").size() == 3);
  CHECK(order(R"({"p": [{"id": {"order": null, "cast": "t"}}]})").size() == 1);
  CHECK(plan(two(R"("limit": 5, "offset": 7, "distinct": 1)")).limit == 5);
  CHECK(plan(two(R"("limit": 5, "offset": 7, "distinct": 1)")).is_distinct);
  CHECK_FALSE(plan(two(R"("limit": null, "offset": null, "distinct": null)")).is_distinct);
  CHECK_FALSE(plan(two(R"("distinct": 0)")).is_distinct);
  CHECK_FALSE(plan(two(R"("distinct": "")")).is_distinct);

  refuse(two(R"("order_by": 5)"), "/order_by: takes an object of tags, not a number");
  refuse(two(R"("order_by": [{"q": "id"}])"), "/order_by/0/q: there is no tag \"q\"");
  refuse(two(R"("order_by": {"p": {"id": "down"}})"), "/order_by/p/id: knows no \"down\"", "orders: asc, desc");
  refuse(two(R"("order_by": {"p": {"id": {"direction": "asc"}}})"), "/order_by/p/id/direction: is no option");
  refuse(two(R"("order_by": {"p": "attributes.a"})"), "/order_by/p: JSON is ordered by a cast of it");
  refuse(two(R"("order_by": {"p": {"attributes.a": {"cast": "j"}}})"),
         "/order_by/p/attributes.a: JSON is ordered by a cast of it");
  refuse(two(R"("limit": true)"), "/limit: takes an integer or null, not true or false");
  refuse(two(R"("limit": "5")"), "/limit: takes an integer or null, not a text");
  refuse(two(R"("offset": -1)"), "/offset: takes no negative number");
}

TEST_CASE("filters of the path and those above", "[querybuilder]") {
  auto const number = [](std::string const& own, std::string const& above) {
    return plan(R"({"path": [{"entity_type": "data.core.int.Int.", "tag": "p", "filters": )" + own +
                R"(}], "filters": {"p": )" + above + "}}")
        .path[0]
        .part.filters.size();
  };
  CHECK(number("{}", "[]") == 1);  // the type
  CHECK(number(R"({"id": 1})", R"({"label": "a"})") == 3);
  CHECK(number(R"({"id": 1})", R"({"id": {">": 1, "<": 5}})") == 3);  // replaces
  CHECK(number(R"({"node_type": "x"})", "{}") == 1);                  // so does the type
  CHECK(number(R"({"or": [{"node_type": "x"}]})", "{}") == 2);
  CHECK(number(R"({"or": [], "and": [{}], "!or": [{}, {}], "label": {}})", "{}") == 1);
  CHECK(number(R"({"label": {"or": [], "!and": [{}]}})", "{}") == 1);
}

TEST_CASE("a query that AiiDA writes", "[querybuilder]") {
  auto const planned = plan(R"({
    "path": [{"entity_type": "process.ProcessNode.", "orm_base": "node", "tag": "p", "joining_keyword": null,
              "joining_value": null, "edge_tag": null, "outerjoin": false},
             {"entity_type": "data.core.dict.Dict.", "orm_base": "node", "tag": "d", "joining_keyword": "with_incoming",
              "joining_value": "p", "edge_tag": "p--d", "outerjoin": false}],
    "filters": {"p": {"attributes.exit_status": {"==": 0}, "or": [{"label": "relax"}, {"ctime": {">": "2024-01-01"}}]},
                "d": {"attributes.energy": {"<": -3.5}}, "p--d": {}},
    "project": {"p": ["id", "node_type"], "d": ["uuid", {"attributes.energy": {"cast": "f"}}], "p--d": ["label"]},
    "project_map": {}, "order_by": [{"d": [{"attributes.energy": {"order": "asc", "cast": "f"}}]}], "limit": 100,
    "offset": null, "distinct": false})");
  CHECK(planned.path[0].part.filters.size() == 3);
  CHECK(planned.path[1].part.filters.size() == 2);
  CHECK(planned.path[1].joined->edge->outputs.size() == 1);
}

TEST_CASE("older databases have the same columns", "[querybuilder]") {
  for (auto const* schema : test::schema_names)
    for (auto const* type : {"", "group.core", "computer", "user", "link"})
      CHECK_FALSE(plan(std::string(R"({"path": [{"entity_type": ")") + type + R"(", "tag": "a"}]})", schema)
                      .path[0]
                      .part.outputs.empty());
}
