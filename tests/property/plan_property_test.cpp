// SPDX-License-Identifier: MIT
#include <catch2/catch.hpp>

#include "base/utf8.hpp"
#include "query/reserved_keys.hpp"
#include "sql/compile.hpp"
#include "tests/support/query_generator.hpp"
#include "tests/support/requests.hpp"

using namespace restapi;
using query::Scope;
using test::QueryGenerator;

namespace {

constexpr int rounds = 20'000;

QueryGenerator generator(std::vector<std::string> keys = {}) {
  return QueryGenerator(Catch::getResultCapture().getCurrentTestName(), std::move(keys));
}

constexpr Scope scopes[] = {Scope::list,       Scope::one,    Scope::inputs,    Scope::outputs,
                            Scope::attributes, Scope::extras, Scope::statistics};

/// Keys that some resource has, reserved keys, and one that nobody has.
std::vector<std::string> vocabulary() {
  std::vector<std::string> keys = {"pk", "_", "colour"};
  for (auto const* resource : model::all_resources())
    for (auto const& column : resource->columns) keys.emplace_back(column.name);
  for (auto const& key : query::reserved_keys()) keys.emplace_back(key.name);
  return keys;
}

query::Request random_request(QueryGenerator& generate) {
  auto const& catalog = test::catalog_of(test::schema_names[generate.below(std::size(test::schema_names))]);
  auto const& layout = catalog.layouts()[generate.below(catalog.layouts().size())];
  query::Request request{&layout, scopes[generate.below(std::size(scopes))]};
  if (!layout.resource->is_node && request.scope != Scope::one) request.scope = Scope::list;
  request.id = layout.resource->identity == model::Identity::pk ? "2" : "338357f4";
  if (query::is_list(request.scope) && generate.one_in(3)) request.page = static_cast<std::int64_t>(generate.below(9));
  return request;
}

model::Catalog const& catalog_of(query::Request const& request) {
  for (auto const* name : test::schema_names)
    for (auto const& layout : test::catalog_of(name).layouts())
      if (&layout == request.resource) return test::catalog_of(name);
  throw std::logic_error("a layout of no catalog");
}

/// Every statement of the plan that reads it.
std::vector<sql::Statement> compiled(query::ReadPlan const& plan, sql::Dialect const& dialect) {
  using sql::Part;
  std::vector<sql::Statement> statements;
  std::optional<sql::NeighboursOf> neighbours;
  if (plan.object)
    for (auto const part : {Part::row, Part::pk})
      statements.push_back(compile_object(*plan.layout, *plan.object, part, dialect));
  if (plan.scope == Scope::attributes || plan.scope == Scope::extras)
    statements.push_back(compile_object(*plan.layout, *plan.object,
                                        plan.scope == Scope::extras ? Part::extras : Part::attributes, dialect));
  if (plan.scope == Scope::inputs || plan.scope == Scope::outputs) {
    neighbours = sql::NeighboursOf{plan.scope, 6};
    statements.push_back(compile_neighbours(plan, dialect));
  }
  if (plan.scope == Scope::list) {
    statements.push_back(compile_list(plan.list, std::nullopt, dialect));
    statements.push_back(compile_buckets(plan.list, dialect));
    if (sql::is_ordered_by_id(plan.list)) statements.push_back(compile_list(plan.list, sql::Start{2048, 7}, dialect));
  }
  if (query::is_list(plan.scope)) statements.push_back(compile_count(plan.list, neighbours, dialect));
  if (plan.scope == Scope::statistics) statements.push_back(compile_statistics(*plan.layout, plan.owner, dialect));
  return statements;
}

/// :p1 to :pn, each once, in this order, and no other colon: SOCI would take it for a placeholder.
bool placeholders_are_values(sql::Statement const& statement) {
  std::size_t count = 0;
  auto const& text = statement.text();
  for (auto at = text.find(':'); at != text.npos; at = text.find(':', at + 1)) {
    auto const expected = ":p" + std::to_string(++count);
    if (text.compare(at, expected.size(), expected) != 0) return false;
    auto const end = at + expected.size();
    if (end < text.size() && std::isdigit(static_cast<unsigned char>(text[end]))) return false;
  }
  return count == statement.values().size();
}

void check_compiled(query::ReadPlan const& plan) {
  for (auto const* dialect : {&sql::postgresql(), &sql::sqlite()}) {
    auto const statements = compiled(plan, *dialect);
    auto const again = compiled(plan, *dialect);
    if (statements.empty()) FAIL("a plan without a statement");
    for (std::size_t i = 0; i < statements.size(); ++i) {
      auto const& statement = statements[i];
      if (!placeholders_are_values(statement)) FAIL("placeholders: " << statement.text());
      if (statement.text() != again[i].text() || statement.values() != again[i].values())
        FAIL("not the same twice: " << statement.text());
      if (std::ranges::count(statement.text(), '(') != std::ranges::count(statement.text(), ')'))
        FAIL("parentheses: " << statement.text());
      if (statement.width() == 0 || statement.name().empty()) FAIL("no name or no columns: " << statement.text());
    }
  }
}

}  // namespace

TEST_CASE("any query is planned and compiled, or answered with an error of meaning", "[property][planner]") {
  auto generate = generator(vocabulary());
  int planned = 0;
  for (int round = 0; round < rounds; ++round) {
    auto request = random_request(generate);
    // One clause mostly, so that many are right.
    if (!generate.one_in(4)) request.query.clauses.push_back(generate.clause());
    if (generate.one_in(4)) request.query = generate.query();
    auto const plan = query::plan(request, catalog_of(request), {generate.one_in(2)});
    if (!plan) {
      auto const& error = plan.error();
      if (static_cast<int>(error.code) / 100 != 2 || error.message.empty())
        FAIL("code " << static_cast<int>(error.code) << ": " << error.message);
      continue;
    }
    ++planned;
    check_compiled(*plan);
  }
  CHECK(planned > rounds / 10);
}

TEST_CASE("what a client writes never becomes SQL", "[property][sql]") {
  // Every string of the query is marked; no statement shows the mark, and the values do.
  static std::string const mark = "qzx";
  static std::vector<std::string> const pieces = {"'", "\"", ";--", "%", "_", "\\", ")", ":p1", "$1", "a", "\xC3\xA9"};
  auto generate = generator();
  int bound = 0;
  for (int round = 0; round < rounds; ++round) {
    auto request = random_request(generate);
    std::vector<std::string> texts;
    for (auto const& column : request.resource->resource->columns)
      if (column.type == model::Type::text || column.type == model::Type::uuid) texts.emplace_back(column.name);
    for (auto count = 1 + generate.below(3); count > 0; --count) {
      std::string text = mark;
      for (auto length = generate.below(4); length > 0; --length) text += generate.pick(pieces) + mark;
      ast::Clause clause{generate.pick(texts), generate.comparison(), {{ast::String{text}}}};
      if (request.scope == Scope::attributes) clause = {"alist", ast::Operator::equal, {{ast::String{text}}}};
      request.query.clauses.push_back(std::move(clause));
      if (request.scope == Scope::attributes) break;
    }
    auto const plan = query::plan(request, catalog_of(request), {true});
    if (!plan) continue;
    check_compiled(*plan);
    for (auto const* dialect : {&sql::postgresql(), &sql::sqlite()}) {
      for (auto const& statement : compiled(*plan, *dialect)) {
        if (statement.text().find(mark) != std::string::npos) FAIL(statement.text());
        for (auto const& value : statement.values())
          if (auto const* text = std::get_if<std::string>(&value)) bound += text->find(mark) != std::string::npos;
      }
    }
  }
  CHECK(bound > rounds);
}

TEST_CASE("a comparison and its opposite share no value and leave none out", "[property][filters]") {
  // Intervals of < and >= (of <= and >) meet where the value says, for each type that has an order.
  struct Case {
    std::string_view resource, key;
  };
  static constexpr Case cases[] = {{"nodes", "id"}, {"nodes", "ctime"}, {"nodes", "label"}, {"nodes", "uuid"}};
  auto generate = generator();
  int compared = 0;
  for (int round = 0; round < rounds; ++round) {
    auto const& [resource, key] = cases[generate.below(std::size(cases))];
    auto const literal = generate.literal();
    // A decoded query is UTF-8; the generator's strings need not be.
    if (auto const* text = std::get_if<ast::String>(&literal.value); text && !utf8::is_valid(text->text)) continue;
    auto const intervals = [&](ast::Operator comparison) -> std::optional<std::vector<query::Interval>> {
      auto const& catalog = test::catalog_of("sqlite_gen2");
      query::Request request{catalog.find(resource), Scope::list};
      request.query.clauses.push_back({std::string(key), comparison, {literal}});
      auto const plan = query::plan(request, catalog, {});
      if (!plan) return std::nullopt;
      return std::get<query::InIntervals>(plan->list.conditions.at(0).test).intervals;
    };
    using ast::Operator;
    for (auto const& [below, above] :
         {std::pair{Operator::less, Operator::greater_equal}, std::pair{Operator::less_equal, Operator::greater}}) {
      auto const low = intervals(below), high = intervals(above);
      REQUIRE(low.has_value() == high.has_value());
      if (!low) continue;
      ++compared;
      REQUIRE(low->size() == 1);
      CHECK_FALSE(low->front().from);
      if (high->empty()) {
        CHECK_FALSE(low->front().to);  // everything is below
      } else {
        CHECK_FALSE(high->front().to);
        REQUIRE(low->front().to.has_value());
        if (low->front().to != high->front().from) FAIL("a gap or an overlap");
      }
    }
    // An interval that is written is not empty.
    auto const from = intervals(Operator::greater_equal), to = intervals(Operator::less_equal);
    if (from && to && to->front().to && !(*from->front().from < *to->front().to)) FAIL("an empty interval");
  }
  CHECK(compared > rounds / 4);
}

TEST_CASE("a further filter is a further condition and changes nothing else", "[property][planner]") {
  auto generate = generator(vocabulary());
  int narrowed = 0;
  for (int round = 0; round < rounds; ++round) {
    auto request = random_request(generate);
    request.scope = Scope::list;
    auto const before = query::plan(request, catalog_of(request), {true});
    request.query.clauses.push_back(generate.clause());
    if (query::find_reserved_key(request.query.clauses[0].key)) continue;
    auto const after = query::plan(request, catalog_of(request), {true});
    if (!before || !after || request.query.clauses[0].key == query::ignored_key) continue;
    ++narrowed;
    CHECK(after->list.conditions.size() == before->list.conditions.size() + 1);
    CHECK(after->list.window.limit == before->list.window.limit);
    auto const wide = compile_count(before->list, {}, sql::sqlite()).text();
    auto const narrow = compile_count(after->list, {}, sql::sqlite()).text();
    CHECK(narrow.starts_with(wide));
    CHECK(narrow.substr(wide.size()).starts_with(wide.find(" WHERE ") == std::string::npos ? " WHERE " : " AND "));
  }
  CHECK(narrowed > rounds / 40);
}
