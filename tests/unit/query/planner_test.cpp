// SPDX-License-Identifier: MIT
#include "query/planner.hpp"

#include <catch2/catch.hpp>

#include "tests/support/requests.hpp"

using namespace restapi;
using query::Members;
using query::Scope;
using test::plan;

namespace {

constexpr auto one = "338357f4-f2";

/// "name desc, id": the keys of an order.
std::string order_of(std::string_view resource, std::string_view text) {
  auto const planned = plan(resource, text);
  if (!planned) return "error: " + planned.error().message;
  std::string order;
  for (auto const& key : planned->list.order)
    order += std::string(order.empty() ? "" : ", ") +
             std::string(planned->list.layout->resource->columns[key.column].name) + (key.descending ? " desc" : "");
  return order;
}

}  // namespace

TEST_CASE("a list without a query has the documented window", "[planner]") {
  auto const planned = plan("nodes", "");
  REQUIRE(planned);
  CHECK(planned->layout->name() == "nodes");
  CHECK(planned->list.layout->name() == "nodes");
  CHECK(planned->list.window.limit == 400);
  CHECK(planned->list.window.offset == 0);
  CHECK_FALSE(planned->list.page);
  CHECK(planned->list.order.empty());
  CHECK(planned->list.conditions.empty());
  CHECK_FALSE(planned->object);
}

TEST_CASE("limit and offset choose the window", "[planner]") {
  auto const planned = plan("computers", "limit=3&offset=2&orderby=id");
  REQUIRE(planned);
  CHECK(planned->list.window.limit == 3);
  CHECK(planned->list.window.offset == 2);
  CHECK(plan("nodes", "limit=0")->list.window.limit == 0);
  CHECK(plan("nodes", "limit=400")->list.window.limit == 400);
  CHECK(plan("nodes", "offset=9223372036854775807")->list.window.offset == 9223372036854775807);
}

TEST_CASE("pages have 20 rows unless perpage says otherwise", "[planner]") {
  auto const page = plan("nodes", "", Scope::list, "", 3);
  REQUIRE(page);
  CHECK(page->list.window.limit == 20);
  CHECK(page->list.window.offset == 40);
  REQUIRE(page->list.page);
  CHECK(page->list.page->number == 3);
  auto const longer = plan("nodes", "perpage=400", Scope::list, "", 2);
  REQUIRE(longer);
  CHECK(longer->list.window.limit == 400);
  CHECK(longer->list.window.offset == 400);
  CHECK(plan("nodes", "", Scope::list, "", 0)->list.window.limit == 0);
}

TEST_CASE("orderby takes keys with directions", "[planner]") {
  CHECK(order_of("computers", "orderby=+id") == "id");
  CHECK(order_of("computers", "orderby=-pk") == "id desc");
  CHECK(order_of("computers", "orderby=-scheduler_type,name") == "scheduler_type desc, name");
  CHECK(order_of("computers", "orderby=name,-name,uuid,name") == "name, uuid");  // the first one decides
  CHECK(order_of("users", "orderby=email") == "error: users cannot be ordered by \"email\"");
  CHECK(order_of("users", "orderby=last_login") == "error: users cannot be ordered by \"last_login\"");
  CHECK(order_of("computers", "orderby=state") == "error: computers cannot be ordered by \"state\"");
  CHECK(order_of("nodes", "orderby=\"id\"") == "error: orderby takes keys");
  CHECK(order_of("nodes", "orderby=1") == "error: orderby takes keys");
  auto const near = plan("nodes", "orderby=id,-ctme");
  REQUIRE_FALSE(near);
  CHECK(near.error().code == Code::unknown_key);
  CHECK(near.error().hint == "did you mean \"ctime\"?");
  CHECK(near.error().offset == 11);
}

TEST_CASE("filters are all applied, in the order written", "[planner]") {
  auto const planned =
      plan("computers", "scheduler_type=in=\"slurm\",\"pbs\"&state=\"FINISHED\"&_=123&name!=a&name!=b");
  REQUIRE(planned);
  std::string names;
  for (auto const& condition : planned->list.conditions)
    names += std::string(planned->list.layout->resource->columns[condition.column].name) + " ";
  CHECK(names == "scheduler_type state name name ");
}

TEST_CASE("the key _ is ignored wherever it stands", "[planner]") {
  CHECK(plan("nodes", "_=1461391500&_=2&_>\"x\"")->list.conditions.empty());
  CHECK(plan("nodes", "_=1", Scope::one, one));
  CHECK(plan("nodes", "_=1", Scope::attributes, one));
  CHECK(plan("nodes", "_=1", Scope::statistics));
}

TEST_CASE("filters on io are filters on the neighbours", "[planner]") {
  auto const planned = plan("codes", "type=\"data.folder.FolderData.\"&limit=2", Scope::outputs, one);
  REQUIRE(planned);
  CHECK(planned->layout->name() == "codes");
  CHECK(planned->list.layout->name() == "nodes");
  CHECK(planned->list.conditions.size() == 1);
  CHECK(planned->list.window.limit == 2);
  REQUIRE(planned->object);
  CHECK(planned->object->text == one);
  auto const page = plan("nodes", "perpage=2", Scope::inputs, one, 2);
  REQUIRE(page);
  CHECK(page->list.window.offset == 2);
}

TEST_CASE("alist, nalist, elist and nelist choose members", "[planner]") {
  auto const members = [](std::string_view text, Scope scope) { return plan("codes", text, scope, one)->members; };
  CHECK(members("", Scope::attributes).choice == Members::Choice::all);
  auto const only = members("alist=append_text,is_local", Scope::attributes);
  CHECK(only.choice == Members::Choice::only);
  CHECK(only.names == std::vector<std::string>{"append_text", "is_local"});
  CHECK(members("nalist=\"a b\"", Scope::attributes).choice == Members::Choice::except);
  CHECK(members("nalist=\"a b\"", Scope::attributes).names == std::vector<std::string>{"a b"});
  CHECK(members("elist=trialBool", Scope::extras).choice == Members::Choice::only);
  CHECK(members("nelist=trialBool", Scope::extras).choice == Members::Choice::except);
}

TEST_CASE("statistics may be of one user", "[planner]") {
  CHECK(plan("nodes", "user=2", Scope::statistics)->owner == 2);
  CHECK_FALSE(plan("nodes", "", Scope::statistics)->owner);
  auto const filtered = plan("nodes", "id>3", Scope::statistics);
  REQUIRE_FALSE(filtered);
  CHECK(filtered.error().message == "statistics has no key \"id\"");
  CHECK(filtered.error().hint == "known: user");
  CHECK(plan("nodes", "user=\"me\"", Scope::statistics).error().code == Code::wrong_type);
  CHECK(plan("nodes", "user=1,2", Scope::statistics).error().message == "user takes one value");
  CHECK(plan("nodes", "user=2").error().code == Code::key_elsewhere);
}

TEST_CASE("the id of the path is read for the resource of the path", "[planner][error]") {
  CHECK(plan("users", "", Scope::one, "2")->object->pk == 2);
  auto const planned = plan("codes", "", Scope::one, "zz");
  REQUIRE_FALSE(planned);
  CHECK(planned.error().code == Code::no_such_object);
  CHECK(planned.error().message ==
        "either no object's id starts with 'zz' or the corresponding object is not of type Code");
}
