// SPDX-License-Identifier: MIT
#include "api/v2/answers.hpp"

#include <nlohmann/json.hpp>

#include "api/v2/hints.hpp"
#include "api/v2/keys.hpp"
#include "api/v2/link.hpp"
#include "api/v2/nearest_endpoint.hpp"
#include "api/v2/vocabulary.hpp"
#include "base/program_version.hpp"
#include "grammar/parse.hpp"
#include "query/paging.hpp"
#include "query/planner.hpp"
#include "sql/compile.hpp"

namespace restapi::api::v2 {
namespace {

/// With what v2 itself needs to know of the request.
struct Context : ReadContext {
  std::size_t segments_before_page;  ///< Found::segments_before_page
};

/// The one object that the path names: its row, pk first.
Result<store::Rows> the_one(query::ObjectPlan const& plan, Result<store::Rows> rows) {
  if (!rows) return rows;
  if (rows->empty())
    return Error{Code::no_such_object,
                 vocabulary().sentences.no_such_object(plan.object.text, plan.source.view->class_name),
                 hint_of_id(plan, *rows)};
  if (rows->size() > 1)
    return Error{Code::ambiguous_id, "More than one node found. Provide longer starting pattern for id.",
                 hint_of_id(plan, *rows)};
  return rows;
}

/// Whether the rows read show how many there are in all: a window that is not full ends where the list ends. Counting
/// costs a pass over the table.
std::optional<std::int64_t> shown_total(query::Window window, std::size_t rows_read) {
  auto const read = static_cast<std::int64_t>(rows_read);
  if (read < window.limit && (read > 0 || window.offset == 0)) return window.offset + read;
  return std::nullopt;
}

Result<Answer> finish_list(Answer answered, query::ListPlan const& list, Context const& context) {
  // In a file of a stranger, rows may have the same id: there a page of ids finds more rows than it has ids.
  std::get<Objects>(answered.content).rows.keep(static_cast<std::size_t>(list.window.limit));
  if (answered.total == 0) answered.hint = hint_of_empty_list(*list.source.view, context.target);
  if (!list.page) return answered;
  auto const pages = query::neighbours_of(*list.page, answered.total);
  if (!pages)
    return Error{Code::no_such_page, "Non existent page requested. The page range is [1 : " +
                                         std::to_string(query::last_page(answered.total, list.page->rows)) + "]"};
  answered.link = link_header(*pages, context.segments_before_page, context.target, context.address);
  return answered;
}

/// A window with a large offset: the histogram of ids, which is counted once for each version of the data, tells where
/// it begins, so that the rows before it need not be read.
Result<Answer> read_deep_list(query::ListPlan const& list, Context const& context) {
  auto const histogram = context.totals.histogram(context.store, list, *context.version);
  if (!histogram) return histogram.error();
  auto const start = find_start(**histogram, list.window, !list.order.empty() && list.order.front().descending);
  store::Rows rows(0);
  if (start) {
    auto read = context.store.read(sql::compile_list(list, start, context.store.dialect()));
    if (!read) return std::move(read).error();
    rows = *std::move(read);
  }
  auto const& view = *list.source.view;
  Answer answered{Objects{view.name, &view, std::move(rows)}, view.name};
  answered.total = (*histogram)->total;
  return finish_list(std::move(answered), list, context);
}

/// Whether the rows are the first ones of a table, which no filter makes long to find.
bool is_beginning(query::ListPlan const& list) {
  return list.source.bound->kind.empty() && list.conditions.empty() && list.order.empty() && list.window.offset == 0;
}

Result<Answer> read_list(query::ListPlan const& list, std::optional<Result<store::Rows>> first,
                         Context const& context) {
  constexpr std::int64_t deep = 2 * sql::ids_a_bucket;
  if (context.version && list.window.offset >= deep && sql::is_ordered_by_id(list)) {
    auto answer = read_deep_list(list, context);
    // Where ids are far apart, the histogram is larger than what it spares.
    if (answer || answer.error().code != Code::answer_too_large) return answer;
  }
  auto& store = context.store;
  auto rows = first ? *std::move(first) : store.read(sql::compile_list(list, std::nullopt, store.dialect()));
  if (!rows) return std::move(rows).error();
  auto const shown = shown_total(list.window, rows->size());
  auto const& view = *list.source.view;
  Answer answered{Objects{view.name, &view, *std::move(rows)}, view.name};
  if (shown) {
    answered.total = *shown;
  } else {
    auto const total = context.totals.total(store, list, std::nullopt, context.version);
    if (!total) return total.error();
    answered.total = *total;
  }
  return finish_list(std::move(answered), list, context);
}

Result<Answer> read_neighbours(query::NeighboursPlan const& plan, Result<store::Rows> rows, Context const& context) {
  auto const& list = plan.list;
  if (!rows) return std::move(rows).error();
  std::int64_t pk = rows->empty() ? 0 : rows->integer_at(0, 0);
  if (rows->empty() || pk != rows->integer_at(0, 1)) {  // no neighbours here, or no such object, or several
    auto& store = context.store;
    auto const object = the_one(plan.of, store.read(sql::compile_pk(plan.of, store.dialect())));
    if (!object) return object.error();
    pk = object->integer_at(0, 0);
  }
  auto const name = plan.direction == query::Direction::inputs ? "inputs" : "outputs";
  auto const shown = shown_total(list.window, rows->size());
  Answer answered{Objects{name, list.source.view, *std::move(rows), 2}, plan.of.source.view->name, pk};
  if (shown) {
    answered.total = *shown;
  } else {
    sql::NeighboursOf const node{plan.direction, pk};
    auto const total = context.totals.total(context.store, list, node, context.version);
    if (!total) return total.error();
    answered.total = *total;
  }
  return finish_list(std::move(answered), list, context);
}

Result<Answer> read_object(query::ObjectPlan const& plan, Result<store::Rows> rows) {
  auto object = the_one(plan, std::move(rows));
  if (!object) return std::move(object).error();
  auto const pk = object->integer_at(0, 0);
  auto const& view = *plan.source.view;
  return Answer{Objects{view.name, &view, *std::move(object), 1}, view.name, pk};
}

std::string_view name_of(query::DocumentKind kind) {
  switch (kind) {
    case query::DocumentKind::attributes:
      return "attributes";
    case query::DocumentKind::extras:
      break;
  }
  return "extras";
}

Result<Answer> read_document(query::DocumentPlan const& plan, Result<store::Rows> rows) {
  auto object = the_one(plan.of, std::move(rows));
  if (!object) return std::move(object).error();
  auto const pk = object->integer_at(0, 0);
  return Answer{Document{name_of(plan.kind), *std::move(object), 1, plan.members}, plan.of.source.view->name, pk};
}

Result<Answer> read_statistics(query::StatisticsPlan const& plan, Context const& context) {
  auto rows = context.store.read(sql::compile_statistics(plan, context.store.dialect()));
  if (!rows) return std::move(rows).error();
  return Answer{Statistics{*std::move(rows)}, plan.nodes->name()};
}

/// The statement that each plan begins with.
struct FirstStatement {
  sql::Dialect const& dialect;

  std::optional<sql::Statement> operator()(query::ListPlan const& plan) const {
    if (is_beginning(plan)) return sql::compile_list(plan, std::nullopt, dialect);
    return std::nullopt;
  }
  std::optional<sql::Statement> operator()(query::NeighboursPlan const& plan) const {
    return sql::compile_neighbours(plan, dialect);
  }
  std::optional<sql::Statement> operator()(query::ObjectPlan const& plan) const {
    return sql::compile_object(plan, dialect);
  }
  std::optional<sql::Statement> operator()(query::DocumentPlan const& plan) const {
    return sql::compile_document(plan, dialect);
  }
  std::optional<sql::Statement> operator()(query::StatisticsPlan const&) const { return std::nullopt; }
};

/// What each plan comes to. `first`: the rows of its first statement, where it has one.
struct Reading {
  std::optional<Result<store::Rows>>& first;
  Context const& context;

  Result<Answer> operator()(query::ListPlan const& plan) const { return read_list(plan, std::move(first), context); }
  Result<Answer> operator()(query::NeighboursPlan const& plan) const {
    return read_neighbours(plan, *std::move(first), context);
  }
  Result<Answer> operator()(query::ObjectPlan const& plan) const { return read_object(plan, *std::move(first)); }
  Result<Answer> operator()(query::DocumentPlan const& plan) const { return read_document(plan, *std::move(first)); }
  Result<Answer> operator()(query::StatisticsPlan const& plan) const { return read_statistics(plan, context); }
};

bool is_empty(ast::Query const& query) {
  return std::ranges::all_of(query.clauses, [](auto const& clause) { return clause.key == vocabulary().ignored_key; });
}

Result<Planned> about_server(ast::Query const& query, nlohmann::json const& said) {
  if (!is_empty(query)) return Error{Code::incompatible_keys, "this endpoint does not take a query string"};
  return Planned(Answer{Json{said.dump()}, "Info"});
}

template <class Plan>
Result<Planned> planned(Result<Plan> plan) {
  if (!plan) return std::move(plan).error();
  return Planned(std::in_place_type<query::ReadPlan>, *std::move(plan));
}

/// What is asked of a resource.
Result<Planned> plan_read(Found const& found, ast::Query const& query, query::Planner const& planner) {
  auto const sorted = query::sort_out(query, planner.vocabulary);
  if (!sorted) return sorted.error();
  auto const& clauses = *sorted;
  auto const kind = found.route->kind;
  if (auto conflict = find_conflict(clauses, kind, found.page.has_value())) return *std::move(conflict);
  auto const& view = *found.resource;
  using query::Direction;
  using query::DocumentKind;
  switch (kind) {
    case RouteKind::schema:
      return Planned(Answer{Schema{&view}, view.name});
    case RouteKind::list:
      return planned(planner.list(view, clauses, found.page));
    case RouteKind::object:
      return planned(planner.object(view, found.id));
    case RouteKind::inputs:
      return planned(planner.neighbours(view, found.id, Direction::inputs, clauses, found.page));
    case RouteKind::outputs:
      return planned(planner.neighbours(view, found.id, Direction::outputs, clauses, found.page));
    case RouteKind::attributes:
      return planned(planner.document(view, found.id, DocumentKind::attributes, clauses));
    case RouteKind::extras:
      return planned(planner.document(view, found.id, DocumentKind::extras, clauses));
    case RouteKind::statistics:
      return planned(planner.statistics(clauses));
    case RouteKind::endpoints:
    case RouteKind::server:
      break;
  }
  return Error{Code::internal, "", "", {}, "nothing of a resource"};
}

}  // namespace

Result<Planned> prepare(Found const& found, http::Target const& target, model::Catalog const& catalog,
                        query::Policy const& policy) {
  auto const query = grammar::parse(target.decoded_query);
  if (!query) return query.error();
  if (found.route->kind == RouteKind::endpoints) return about_server(*query, {{"available_endpoints", endpoints()}});
  if (found.route->kind == RouteKind::server)
    // Clients read the last character of the first line.
    return about_server(*query, {"REST API version: v2", "REST API Prefix: " + std::string(prefix),
                                 "restapi==" + std::string(program_version())});
  auto planned = plan_read(found, *query, {vocabulary(), catalog, policy});
  // A word that is nearly one of ours, where an id may stand: nodes/statistic.
  if (!planned && planned.error().code == Code::no_such_object)
    if (auto const nearest = nearest_endpoint(target.segments); !nearest.empty()) {
      auto error = std::move(planned).error();
      error.hint = "did you mean " + nearest + "?";
      return error;
    }
  return planned;
}

std::optional<sql::Statement> first_statement(query::ReadPlan const& plan, sql::Dialect const& dialect) {
  return std::visit(FirstStatement{dialect}, plan);
}

Result<Answer> read(query::ReadPlan const& plan, std::optional<Result<store::Rows>> first,
                    std::size_t segments_before_page, ReadContext const& read_context) {
  Context const context{read_context, segments_before_page};
  return std::visit(Reading{first, context}, plan);
}

}  // namespace restapi::api::v2
