// SPDX-License-Identifier: MIT
#include "query/planner.hpp"

#include <catch2/catch.hpp>

#include "support/requests.hpp"

using namespace restapi;
using query::Direction;
using query::DocumentKind;
using query::Members;
using test::plan_document;
using test::plan_list;
using test::plan_neighbours;
using test::plan_object;
using test::plan_statistics;

namespace {

constexpr auto one = "338357f4-f2";

/// "name desc, id": the keys of an order.
std::string order_of(std::string_view resource, std::string_view text) {
  auto const planned = plan_list(resource, text);
  if (!planned) return "error: " + planned.error().message;
  std::string order;
  for (auto const& key : planned->order)
    order += std::string(order.empty() ? "" : ", ") +
             std::string(
                 planned->source.bound->resource->columns[std::get<query::ColumnOperand>(key.operand.of).column].name) +
             (key.descending ? " desc" : "");
  return order;
}

}  // namespace

TEST_CASE("a list without a query has the documented window", "[planner]") {
  auto const planned = plan_list("nodes", "");
  REQUIRE(planned);
  CHECK(planned->source.bound->name() == "nodes");
  CHECK(planned->window.limit == 400);
  CHECK(planned->window.offset == 0);
  CHECK_FALSE(planned->page);
  CHECK(planned->order.empty());
  CHECK(planned->predicates.empty());
}

TEST_CASE("limit and offset choose the window", "[planner]") {
  auto const planned = plan_list("computers", "limit=3&offset=2&orderby=id");
  REQUIRE(planned);
  CHECK(planned->window.limit == 3);
  CHECK(planned->window.offset == 2);
  CHECK(plan_list("nodes", "limit=0")->window.limit == 0);
  CHECK(plan_list("nodes", "limit=400")->window.limit == 400);
  CHECK(plan_list("nodes", "offset=9223372036854775807")->window.offset == 9223372036854775807);
}

TEST_CASE("pages have 20 rows unless perpage says otherwise", "[planner]") {
  auto const page = plan_list("nodes", "", 3);
  REQUIRE(page);
  CHECK(page->window.limit == 20);
  CHECK(page->window.offset == 40);
  REQUIRE(page->page);
  CHECK(page->page->number == 3);
  auto const longer = plan_list("nodes", "perpage=400", 2);
  REQUIRE(longer);
  CHECK(longer->window.limit == 400);
  CHECK(longer->window.offset == 400);
  CHECK(plan_list("nodes", "", 0)->window.limit == 0);
}

TEST_CASE("orderby takes keys with directions", "[planner]") {
  CHECK(order_of("computers", "orderby=+id") == "id");
  CHECK(order_of("computers", "orderby=-pk") == "id desc");
  CHECK(order_of("computers", "orderby=-scheduler_type,name") == "scheduler_type desc, label");
  CHECK(order_of("computers", "orderby=name,-name,uuid,name") == "label, uuid");  // the first one decides
  CHECK(order_of("users", "orderby=email") == "error: users cannot be ordered by \"email\"");
  CHECK(order_of("users", "orderby=last_login") == "error: users cannot be ordered by \"last_login\"");
  CHECK(order_of("computers", "orderby=state") == "error: computers cannot be ordered by \"state\"");
  CHECK(order_of("nodes", "orderby=\"id\"") == "error: orderby takes keys");
  CHECK(order_of("nodes", "orderby=1") == "error: orderby takes keys");
  auto const near = plan_list("nodes", "orderby=id,-ctme");
  REQUIRE_FALSE(near);
  CHECK(near.error().code == Code::unknown_key);
  CHECK(near.error().hint == "did you mean \"ctime\"?");
  CHECK(near.error().offset == 11);
}

TEST_CASE("filters are all applied, in the order written", "[planner]") {
  auto const planned =
      plan_list("computers", "scheduler_type=in=\"slurm\",\"pbs\"&state=\"FINISHED\"&_=123&name!=a&name!=b");
  REQUIRE(planned);
  std::string names;
  for (auto const& predicate : planned->predicates) {
    auto const* const related = std::get_if<query::Related>(&predicate.is);
    if (related) names += std::string(related->relation->name) + ".";
    auto const& condition = std::get<query::Condition>(related ? related->predicates.at(0).is : predicate.is);
    names += std::string(condition.bound->resource->columns[condition.column].name) + " ";
  }
  CHECK(names == "scheduler_type node.process_state label label ");
}

TEST_CASE("the key _ is ignored wherever it stands", "[planner]") {
  CHECK(plan_list("nodes", "_=1461391500&_=2&_>\"x\"")->predicates.empty());
  CHECK(plan_document("nodes", "_=1", DocumentKind::attributes, one));
  CHECK(plan_statistics("_=1"));
}

TEST_CASE("filters on io are filters on the neighbours", "[planner]") {
  auto const planned = plan_neighbours("codes", "type=\"data.folder.FolderData.\"&limit=2", Direction::outputs, one);
  REQUIRE(planned);
  CHECK(planned->direction == Direction::outputs);
  CHECK(planned->of.source.bound->name() == "codes");
  CHECK(planned->of.object.text == one);
  CHECK(planned->list.source.bound->name() == "nodes");
  CHECK(planned->list.predicates.size() == 1);
  CHECK(planned->list.window.limit == 2);
  auto const page = plan_neighbours("nodes", "perpage=2", Direction::inputs, one, 2);
  REQUIRE(page);
  CHECK(page->list.window.offset == 2);
}

TEST_CASE("alist, nalist, elist and nelist choose members", "[planner]") {
  auto const members = [](std::string_view text, DocumentKind kind) {
    return plan_document("codes", text, kind, one)->members;
  };
  CHECK(members("", DocumentKind::attributes).choice == Members::Choice::all);
  auto const only = members("alist=append_text,is_local", DocumentKind::attributes);
  CHECK(only.choice == Members::Choice::only);
  CHECK(only.names == std::vector<std::string>{"append_text", "is_local"});
  CHECK(members("nalist=\"a b\"", DocumentKind::attributes).choice == Members::Choice::except);
  CHECK(members("nalist=\"a b\"", DocumentKind::attributes).names == std::vector<std::string>{"a b"});
  CHECK(members("elist=trialBool", DocumentKind::extras).choice == Members::Choice::only);
  CHECK(members("nelist=trialBool", DocumentKind::extras).choice == Members::Choice::except);
}

TEST_CASE("statistics may be of one user", "[planner]") {
  CHECK(plan_statistics("user=2")->owner == 2);
  CHECK_FALSE(plan_statistics("")->owner);
  auto const filtered = plan_statistics("id>3");
  REQUIRE_FALSE(filtered);
  CHECK(filtered.error().message == "statistics has no key \"id\"");
  CHECK(filtered.error().hint == "known: user");
  CHECK(plan_statistics("user=\"me\"").error().code == Code::wrong_type);
  CHECK(plan_statistics("user=1,2").error().message == "user takes one value");
}

TEST_CASE("the id of the path is read for the resource of the path", "[planner][error]") {
  CHECK(plan_object("users", "2")->object.pk == 2);
  auto const planned = plan_object("codes", "zz");
  REQUIRE_FALSE(planned);
  CHECK(planned.error().code == Code::no_such_object);
  CHECK(planned.error().message ==
        "either no object's id starts with 'zz' or the corresponding object is not of type Code");
  CHECK(plan_object("users", "338357f4-f2").error().message ==
        "either no object's id starts with '338357f4-f2' or the corresponding object is not of type User");
  CHECK(plan_object("nodes", std::string(10'000, 'z')).error().message.size() < 200);
}
