// SPDX-License-Identifier: MIT
#include "api/v2/answers.hpp"

#include <nlohmann/json.hpp>

#include "api/graph/read.hpp"
#include "api/lists.hpp"
#include "api/v2/hints.hpp"
#include "api/v2/keys.hpp"
#include "api/v2/link.hpp"
#include "api/v2/nearest_endpoint.hpp"
#include "api/v2/vocabulary.hpp"
#include "base/program_version.hpp"
#include "grammar/parse.hpp"
#include "query/paging.hpp"
#include "query/planner.hpp"
#include "query/position.hpp"
#include "sql/compile.hpp"
#include "sql/entities_read.hpp"
#include "sql/graph.hpp"

namespace restapi::api::v2 {
namespace {

/// With what v2 itself needs to know of the request.
struct Context : ReadContext {
  PageInPath page;
};

/// The path names no object, or several.
Error not_one(query::ObjectPlan const& plan, store::Rows const& rows) {
  if (rows.empty())
    return {Code::no_such_object, vocabulary().sentences.no_such_object(plan.object.text, plan.source.view->class_name),
            hint_of_id(plan, rows)};
  return {Code::ambiguous_id, "More than one node found. Provide longer starting pattern for id.",
          hint_of_id(plan, rows)};
}

/// The one object that the path names: its row, pk first.
Result<store::Rows> the_one(query::ObjectPlan const& plan, Result<store::Rows> rows) {
  if (rows && rows->size() != 1) return not_one(plan, *rows);
  return rows;
}

/// Where the last row stands, as it is sent back for the rows behind it. Nothing: it would be too long for a URL.
std::optional<std::string> last_position(Objects const& objects, query::ListPlan const& list) {
  auto const& rows = objects.rows;
  query::Position position;
  if (rows.empty()) return std::nullopt;
  for (auto column = objects.first_column + objects.projection->fields.size(); column < rows.width(); ++column) {
    auto const cell = rows.at(rows.size() - 1, column);
    position.push_back(cell ? std::optional<std::string>(*cell) : std::nullopt);
  }
  auto token = query::position_token(list.mark, position);
  return token.size() > query::longest_token ? std::nullopt : std::optional(std::move(token));
}

Error next_is_too_long() {
  return {Code::answer_too_large, "what the last row is ordered by is too long to go on behind it",
          "another limit, or another order"};
}

Result<Answer> finish_list(std::string_view name, CountedRows counted, std::string_view resource,
                           query::ListPlan const& list, Context const& context) {
  auto const& view = *list.source.view;
  Answer answered{Objects{name, list.projection, std::move(counted.rows), counted.first_column}, resource};
  answered.total = counted.total;
  answered.total_age = counted.total_age;
  answered.is_total_estimated = counted.is_estimated;
  if (answered.total == 0) answered.hint = hint_of_empty_list(view, context.target);
  if (list.after && counted.has_more && list.window.limit > 0) {
    auto const next = last_position(std::get<Objects>(answered.content), list);
    if (!next) return next_is_too_long();
    answered.link = next_link(*next, context.target, context.address);
  }
  if (!list.page) return answered;
  auto const pages = list.total == query::Total::exact
                         ? query::neighbours_of(*list.page, *answered.total)
                         : query::neighbours_of_uncounted(*list.page, answered.total, counted.has_more);
  if (!pages) {
    auto const last = answered.total ? std::to_string(query::last_page(*answered.total, list.page->rows)) : "…";
    return Error{Code::no_such_page, "Non existent page requested. The page range is [1 : " + last + "]"};
  }
  answered.link = link_header(*pages, context.page, context.target, context.address);
  return answered;
}

Result<Answer> list_answer(query::ListPlan const& list, std::optional<Result<store::Rows>> first,
                           Context const& context) {
  auto counted = read_list(list, std::move(first), context);
  if (!counted) return std::move(counted).error();
  auto const& name = list.source.view->name;
  return finish_list(name, *std::move(counted), name, list, context);
}

Result<Answer> neighbours_answer(query::NeighboursPlan const& plan, Result<store::Rows> first, Context const& context) {
  auto neighbours = read_neighbours(plan, std::move(first), not_one, context);
  if (!neighbours) return std::move(neighbours).error();
  auto const name = plan.direction == query::Direction::inputs ? "inputs" : "outputs";
  auto answered = finish_list(name, std::move(neighbours->counted), plan.of.source.view->name, plan.list, context);
  if (answered) answered->pk = neighbours->pk;
  return answered;
}

Result<Answer> read_object(query::ObjectPlan const& plan, Result<store::Rows> rows) {
  auto object = the_one(plan, std::move(rows));
  if (!object) return std::move(object).error();
  auto const pk = object->integer_at(0, 0);
  auto const& view = *plan.source.view;
  return Answer{Objects{view.name, plan.projection, *std::move(object), 1}, view.name, pk};
}

Result<Answer> graph_answer(query::GraphPlan const& plan, Context const& context) {
  auto read = read_graph(plan, not_one, context);
  if (!read) return std::move(read).error();
  auto const next = read->graph.next;
  Answer answered{std::move(read->graph), plan.of.source.view->name, read->pk};
  answered.total = read->total;
  if (!next.empty()) answered.link = next_link(next, context.target, context.address);
  return answered;
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

Result<Answer> read_facets(query::FacetsPlan const& plan, Context const& context) {
  auto rows = context.store.read(sql::compile_facets(plan, context.store.dialect()));
  if (!rows) return std::move(rows).error();
  auto const total = rows->empty() ? 0 : rows->integer_at(0, 3);
  Answer answered{Facets{plan.keys, *std::move(rows)}, plan.source.view->name};
  answered.total = total;
  return answered;
}

/// The first statement of each plan; it reads all tables that the others of the plan read.
struct FirstStatement {
  sql::Dialect const& dialect;

  sql::Statement operator()(query::ListPlan const& plan) const {
    return sql::compile_list(plan, std::nullopt, dialect);
  }
  sql::Statement operator()(query::NeighboursPlan const& plan) const { return sql::compile_neighbours(plan, dialect); }
  sql::Statement operator()(query::GraphPlan const& plan) const { return sql::compile_graph(plan, dialect); }
  sql::Statement operator()(query::ObjectPlan const& plan) const { return sql::compile_object(plan, dialect); }
  sql::Statement operator()(query::DocumentPlan const& plan) const { return sql::compile_document(plan, dialect); }
  sql::Statement operator()(query::StatisticsPlan const& plan) const { return sql::compile_statistics(plan, dialect); }
  sql::Statement operator()(query::FacetsPlan const& plan) const { return sql::compile_facets(plan, dialect); }
};

/// Whether each plan begins with it in any case, and it takes the database microseconds.
struct IsQuick {
  bool operator()(query::ListPlan const& plan) const { return is_beginning(plan); }
  bool operator()(query::StatisticsPlan const&) const { return false; }
  bool operator()(query::FacetsPlan const&) const { return false; }
  bool operator()(query::GraphPlan const&) const { return false; }
  bool operator()(auto const&) const { return true; }
};

/// What each plan comes to. `first`: the rows of its first statement, where it has one.
struct Reading {
  std::optional<Result<store::Rows>>& first;
  Context const& context;

  Result<Answer> operator()(query::ListPlan const& plan) const { return list_answer(plan, std::move(first), context); }
  Result<Answer> operator()(query::NeighboursPlan const& plan) const {
    return neighbours_answer(plan, *std::move(first), context);
  }
  Result<Answer> operator()(query::GraphPlan const& plan) const { return graph_answer(plan, context); }
  Result<Answer> operator()(query::ObjectPlan const& plan) const { return read_object(plan, *std::move(first)); }
  Result<Answer> operator()(query::DocumentPlan const& plan) const { return read_document(plan, *std::move(first)); }
  Result<Answer> operator()(query::StatisticsPlan const& plan) const { return read_statistics(plan, context); }
  Result<Answer> operator()(query::FacetsPlan const& plan) const { return read_facets(plan, context); }
};

bool is_empty(ast::Query const& query) {
  return query.groups.empty() &&
         std::ranges::all_of(query.clauses, [](auto const& clause) { return clause.key == vocabulary().ignored_key; });
}

Result<Planned> about_server(ast::Query const& query, Content said) {
  if (!is_empty(query)) return Error{Code::incompatible_keys, "this endpoint does not take a query string"};
  return Planned(Answer{std::move(said), "Info"});
}

Json said(nlohmann::json const& json) { return {json.dump()}; }

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
      return planned(planner.object(view, found.id, clauses));
    case RouteKind::inputs:
      return planned(planner.neighbours(view, found.id, Direction::inputs, clauses, found.page));
    case RouteKind::outputs:
      return planned(planner.neighbours(view, found.id, Direction::outputs, clauses, found.page));
    case RouteKind::graph:
      return planned(planner.graph(view, found.id, clauses));
    case RouteKind::attributes:
      return planned(planner.document(view, found.id, DocumentKind::attributes, clauses));
    case RouteKind::extras:
      return planned(planner.document(view, found.id, DocumentKind::extras, clauses));
    case RouteKind::facets:
      return planned(planner.facets(view, clauses));
    case RouteKind::statistics:
      return planned(planner.statistics(clauses));
    case RouteKind::endpoints:
    case RouteKind::server:
    case RouteKind::openapi:
      break;
  }
  return Error{Code::internal, "", "", {}, "nothing of a resource"};
}

/// What is sent whole has no pages that could be told of in a header.
std::optional<Error> pages_of_whole(query::ReadPlan const& plan, Format const& format) {
  if (auto const* graph = std::get_if<query::GraphPlan>(&plan)) {
    if (!graph->list.after) return std::nullopt;
    return Error{Code::incompatible_keys, std::string(format.name) + " has no pages",
                 "without after, up to limit nodes are sent, and limit may be as large as you like"};
  }
  auto const& list = std::get<query::ListPlan>(plan);
  if (!list.after && list.total == query::Total::exact && !list.page) return std::nullopt;
  return Error{Code::incompatible_keys, std::string(format.name) + " has no pages, and counts nothing",
               "without after, count and a page in the path, all rows are sent; limit and offset are possible"};
}

/// What an endpoint cannot be read as.
std::optional<Error> cannot_be_read(Found const& found, Format const& format) {
  auto const kind = format.of == FormatOf::lists ? RouteKind::list : RouteKind::graph;
  if (found.route->kind == kind) return std::nullopt;
  return Error{Code::not_acceptable,
               "only " + std::string(format.of == FormatOf::lists ? "lists" : "io/graph") + " can be read as " +
                   std::string(format.name),
               "here, ask for JSON: Accept: application/json, or an address without an ending"};
}

}  // namespace

Result<Planned> prepare(Found const& found, http::Target const& target, Format const* format,
                        model::Catalog const& catalog, query::Policy const& policy) {
  bool const is_whole = format != nullptr && format->of != FormatOf::anything;
  if (is_whole)
    if (auto error = cannot_be_read(found, *format)) return *std::move(error);
  auto const query = grammar::parse(target.decoded_query);
  if (!query) return query.error();
  if (found.route->kind == RouteKind::endpoints)
    return about_server(*query, said({{"available_endpoints", endpoints()}}));
  if (found.route->kind == RouteKind::openapi) return about_server(*query, Description{});
  if (found.route->kind == RouteKind::server)
    // Clients read the last character of the first line.
    return about_server(*query, said({"REST API version: v2", "REST API Prefix: " + std::string(prefix),
                                      "restapi==" + std::string(program_version())}));
  query::Planner planner{vocabulary(), catalog, policy};
  planner.has_row_limit = !is_whole;
  if (format != nullptr) planner.fields_of_graph = format->fields;
  auto planned = plan_read(found, *query, planner);
  if (is_whole && planned)
    if (auto error = pages_of_whole(std::get<query::ReadPlan>(*planned), *format)) return *std::move(error);
  // A word that is nearly one of ours, where an id may stand: nodes/statistic.
  if (!planned && planned.error().code == Code::no_such_object)
    if (auto const nearest = nearest_endpoint(target.segments); !nearest.empty()) {
      auto error = std::move(planned).error();
      error.hint = "did you mean " + nearest.substr(prefix.size() + 1) + "?";
      return error;
    }
  return planned;
}

Beginning beginning_of(query::ReadPlan const& plan, sql::Dialect const& dialect) {
  auto first = std::visit(FirstStatement{dialect}, plan);
  auto const entities = sql::entities_read(first);
  return {std::visit(IsQuick{}, plan) ? std::optional(std::move(first)) : std::nullopt, entities};
}

Result<Answer> read(query::ReadPlan const& plan, std::optional<Result<store::Rows>> first, PageInPath const& page,
                    ReadContext const& read_context) {
  Context const context{read_context, page};
  return std::visit(Reading{first, context}, plan);
}

}  // namespace restapi::api::v2
