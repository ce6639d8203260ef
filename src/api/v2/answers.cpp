// SPDX-License-Identifier: MIT
#include "api/v2/answers.hpp"

#include <nlohmann/json.hpp>

#include "api/quoted_filename.hpp"
#include "api/v2/hints.hpp"
#include "api/v2/keys.hpp"
#include "api/v2/nearest_endpoint.hpp"
#include "api/v2/node_answers.hpp"
#include "api/v2/schema.hpp"
#include "api/v2/vocabulary.hpp"
#include "base/program_version.hpp"
#include "grammar/parse.hpp"
#include "query/planner.hpp"

namespace restapi::api::v2 {
namespace {

/// The path names no object, or several.
Error not_one(query::ObjectPlan const& plan, store::Rows const& rows) {
  if (rows.empty())
    return {Code::no_such_object, vocabulary().sentences.no_such_object(plan.object.text, plan.source.view->class_name),
            hint_of_id(plan, rows)};
  return {Code::ambiguous_id, "More than one node found. Provide longer starting pattern for id.",
          hint_of_id(plan, rows)};
}

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

Result<Planned> planned(Result<std::unique_ptr<PendingRead>> pending) {
  if (!pending) return std::move(pending).error();
  return Planned(*std::move(pending));
}

/// What is asked of a resource.
Result<Planned> plan_read(Found const& found, ast::Query const& query, query::Planner const& planner,
                          sql::Dialect const& dialect) {
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
      return Planned(Answer{Json{schema_json(view)}, view.name});
    case RouteKind::list:
      return planned(planner.list(view, clauses, found.page));
    case RouteKind::object:
      return planned(planner.object(view, found.id, clauses));
    case RouteKind::inputs:
      return planned(planner.neighbours(view, found.id, Direction::inputs, vocabulary().nodes(), clauses, found.page));
    case RouteKind::outputs:
      return planned(planner.neighbours(view, found.id, Direction::outputs, vocabulary().nodes(), clauses, found.page));
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
    case RouteKind::tree:
    case RouteKind::retrieved_inputs:
    case RouteKind::retrieved_outputs:
    case RouteKind::visualization:
    case RouteKind::download:
      return planned(plan_of_node(kind, clauses, {view, found.id, planner, dialect, not_one, view.name}));
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

/// Of which endpoints a format is.
struct Readable {
  FormatOf of;
  std::string_view endpoints;
  bool (*is_one)(RouteKind kind);
};

constexpr Readable readable[] = {
    {FormatOf::lists, "lists", [](RouteKind kind) { return kind == RouteKind::list; }},
    {FormatOf::graphs, "io/graph", [](RouteKind kind) { return kind == RouteKind::graph; }},
    {FormatOf::files, "content/download and retrieved files", may_be_file},
};

/// What an endpoint cannot be read as.
std::optional<Error> cannot_be_read(RouteKind kind, Format const& format) {
  auto const& row = *std::ranges::find(readable, format.of, &Readable::of);
  if (row.is_one(kind)) return std::nullopt;
  return Error{Code::not_acceptable,
               "only " + std::string(row.endpoints) + " can be read as " + std::string(format.name),
               "here, ask for JSON: Accept: application/json, or an address without an ending"};
}

}  // namespace

Result<Planned> prepare(Found const& found, http::Target const& target, Format const* format,
                        model::Catalog const& catalog, query::Policy const& policy, sql::Dialect const& dialect) {
  auto const kind = found.route->kind;
  bool const is_of_some = format != nullptr && format->of != FormatOf::anything;
  if (is_of_some)
    if (auto error = cannot_be_read(kind, *format)) return *std::move(error);
  bool const is_whole = is_of_some && format->of != FormatOf::files;
  bool const has_filename = kind == RouteKind::retrieved_inputs || kind == RouteKind::retrieved_outputs;
  auto const query = grammar::parse(has_filename ? with_quoted_filename(target.query) : target.decoded_query);
  if (!query) return query.error();
  if (kind == RouteKind::endpoints) return about_server(*query, said({{"available_endpoints", endpoints()}}));
  if (kind == RouteKind::openapi) return about_server(*query, Description{});
  if (kind == RouteKind::server)
    // Clients read the last character of the first line.
    return about_server(*query, said({"REST API version: v2", "REST API Prefix: " + std::string(prefix),
                                      "restapi==" + std::string(program_version())}));
  query::Planner planner{vocabulary(), catalog, policy};
  planner.has_row_limit = !is_whole;
  if (format != nullptr) planner.fields_of_graph = format->fields;
  auto planned = plan_read(found, *query, planner, dialect);
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

PlanWords const& words() {
  static constexpr PlanWords words{"inputs", "outputs", 1, not_one, hint_of_empty_list};
  return words;
}

}  // namespace restapi::api::v2
