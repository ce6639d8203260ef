// SPDX-License-Identifier: MIT
#include <catch2/catch.hpp>

#include "base/utf8.hpp"
#include "sql/compile.hpp"
#include "sql/graph.hpp"
#include "support/query_generator.hpp"
#include "support/requests.hpp"

using namespace restapi;
using test::QueryGenerator;

namespace {

constexpr int rounds = 20'000;

QueryGenerator generator(std::vector<std::string> keys = {}) {
  return QueryGenerator(Catch::getResultCapture().getCurrentTestName(), std::move(keys));
}

/// Keys that some resource has, reserved keys, and one that nobody has.
std::vector<std::string> known_keys() {
  std::vector<std::string> keys = {"pk", "_", "colour", "link"};
  for (auto const& view : api::v2::vocabulary().views)
    for (auto const& field : view.fields) keys.emplace_back(field.name);
  for (auto const& key : api::v2::vocabulary().keys) keys.emplace_back(key.name);
  for (auto const& relation : model::relations()) keys.emplace_back(relation.name);
  return keys;
}

/// What may be asked for; documents are of nodes alone.
enum class Subject { list, object, inputs, outputs, graph, attributes, extras, statistics };

struct Request {
  std::string schema;
  query::View const* view;
  Subject subject;
  std::optional<std::int64_t> page = {};
  ast::Query query = {};
};

Request random_request(QueryGenerator& generate) {
  using enum Subject;
  static constexpr Subject subjects[] = {list, object, inputs, outputs, graph, attributes, extras, statistics};
  std::string const schema = test::schema_names[generate.below(std::size(test::schema_names))];
  auto const& views = api::v2::vocabulary().views;
  auto const& view = views[generate.below(views.size())];
  Request request{schema, &view, subjects[generate.below(std::size(subjects))]};
  if (!view.resource->is_node && request.subject != object) request.subject = list;
  bool const has_pages = request.subject == list || request.subject == inputs || request.subject == outputs;
  if (has_pages && generate.one_in(3)) request.page = static_cast<std::int64_t>(generate.below(9));
  return request;
}

Result<query::ReadPlan> plan(Request const& request, query::Policy policy) {
  auto const planner = test::planner(policy, request.schema);
  auto const clauses = query::sort_out(request.query, planner.vocabulary);
  if (!clauses) return clauses.error();
  auto const& view = *request.view;
  auto const id = view.resource->identity == model::Identity::pk ? "2" : "338357f4";
  auto const planned = [](auto result) -> Result<query::ReadPlan> {
    if (!result) return std::move(result).error();
    return query::ReadPlan(*std::move(result));
  };
  switch (request.subject) {
    case Subject::list:
      return planned(planner.list(view, *clauses, request.page));
    case Subject::object:
      return planned(planner.object(view, id, *clauses));
    case Subject::inputs:
      return planned(
          planner.neighbours(view, id, query::Direction::inputs, planner.vocabulary.nodes(), *clauses, request.page));
    case Subject::outputs:
      return planned(
          planner.neighbours(view, id, query::Direction::outputs, planner.vocabulary.nodes(), *clauses, request.page));
    case Subject::graph:
      return planned(planner.graph(view, id, *clauses));
    case Subject::attributes:
      return planned(planner.document(view, id, query::DocumentKind::attributes, *clauses));
    case Subject::extras:
      return planned(planner.document(view, id, query::DocumentKind::extras, *clauses));
    case Subject::statistics:
      return planned(planner.statistics(*clauses));
  }
  throw std::logic_error("a subject without a plan");
}

/// Every statement of a plan that reads it.
struct Compiled {
  sql::Dialect const& dialect;

  std::vector<sql::Statement> operator()(query::ListPlan const& plan) const {
    std::vector<sql::Statement> statements{compile_list(plan, std::nullopt, dialect), compile_buckets(plan, dialect),
                                           compile_count(plan, std::nullopt, dialect)};
    if (sql::is_ordered_by_id(plan)) statements.push_back(compile_list(plan, sql::Start{2048, 7}, dialect));
    return statements;
  }
  std::vector<sql::Statement> operator()(query::NeighboursPlan const& plan) const {
    return {compile_neighbours(plan, dialect), compile_pk(plan.of, dialect),
            compile_count(plan.list, sql::NeighboursOf{plan.direction, 6}, dialect)};
  }
  std::vector<sql::Statement> operator()(query::GraphPlan const& plan) const {
    return {compile_graph(plan, dialect), compile_pk(plan.of, dialect)};
  }
  std::vector<sql::Statement> operator()(query::ObjectPlan const& plan) const {
    return {compile_object(plan, dialect)};
  }
  std::vector<sql::Statement> operator()(query::DocumentPlan const& plan) const {
    return {compile_document(plan, dialect)};
  }
  std::vector<sql::Statement> operator()(query::StatisticsPlan const& plan) const {
    return {compile_statistics(plan, dialect)};
  }
  std::vector<sql::Statement> operator()(query::FacetsPlan const& plan) const {
    return {compile_facets(plan, dialect)};
  }
};

std::vector<sql::Statement> compiled(query::ReadPlan const& plan, sql::Dialect const& dialect) {
  return std::visit(Compiled{dialect}, plan);
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
  auto generate = generator(known_keys());
  int right = 0;
  for (int round = 0; round < rounds; ++round) {
    auto request = random_request(generate);
    // One clause mostly, so that many are right.
    if (!generate.one_in(4)) request.query.clauses.push_back(generate.clause());
    if (generate.one_in(4)) request.query = generate.query();
    auto const planned = plan(request, {generate.one_in(2)});
    if (!planned) {
      auto const& error = planned.error();
      if (static_cast<int>(error.code) / 100 != 2 || error.message.empty())
        FAIL("code " << static_cast<int>(error.code) << ": " << error.message);
      continue;
    }
    ++right;
    check_compiled(*planned);
  }
  CHECK(right > rounds / 10);
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
    for (auto const& field : request.view->fields)
      if (auto const type = field.type; type == model::Type::text || type == model::Type::uuid)
        texts.emplace_back(field.name);
    for (auto count = 1 + generate.below(3); count > 0; --count) {
      std::string text = mark;
      for (auto length = generate.below(4); length > 0; --length) text += generate.pick(pieces) + mark;
      ast::Clause clause{generate.pick(texts), {}, generate.comparison(), {{ast::String{text}}}};
      if (request.subject == Subject::attributes) clause = {"alist", {}, ast::Operator::equal, {{ast::String{text}}}};
      request.query.clauses.push_back(std::move(clause));
      if (request.subject == Subject::attributes) break;
    }
    auto const planned = plan(request, {true});
    if (!planned) continue;
    check_compiled(*planned);
    for (auto const* dialect : {&sql::postgresql(), &sql::sqlite()}) {
      for (auto const& statement : compiled(*planned, *dialect)) {
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
      auto const planned = plan(
          {"sqlite_gen2", &test::view(resource), Subject::list, {}, {{{std::string(key), {}, comparison, {literal}}}}},
          {});
      if (!planned) return std::nullopt;
      auto const& list = std::get<query::ListPlan>(*planned);
      return std::get<query::InIntervals>(std::get<query::Condition>(list.predicates.at(0).is).test).intervals;
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
  auto generate = generator(known_keys());
  int narrowed = 0;
  for (int round = 0; round < rounds; ++round) {
    auto request = random_request(generate);
    request.subject = Subject::list;
    auto const before = plan(request, {true});
    request.query.clauses.push_back(generate.clause());
    request.query.clauses.back().path.clear();
    auto const& vocabulary = api::v2::vocabulary();
    if (vocabulary.find_key(request.query.clauses[0].key)) continue;
    auto const after = plan(request, {true});
    if (!before || !after || request.query.clauses[0].key == vocabulary.ignored_key) continue;
    ++narrowed;
    auto const& wider = std::get<query::ListPlan>(*before);
    auto const& narrower = std::get<query::ListPlan>(*after);
    CHECK(narrower.predicates.size() == wider.predicates.size() + 1);
    CHECK(narrower.window.limit == wider.window.limit);
    auto const wide = compile_count(wider, {}, sql::sqlite()).text();
    auto const narrow = compile_count(narrower, {}, sql::sqlite()).text();
    CHECK(narrow.starts_with(wide));
    CHECK(narrow.substr(wide.size()).starts_with(wide.find(" WHERE ") == std::string::npos ? " WHERE " : " AND "));
  }
  CHECK(narrowed > rounds / 40);
}
