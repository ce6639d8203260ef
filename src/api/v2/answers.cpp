// SPDX-License-Identifier: MIT
#include "api/v2/answers.hpp"

#include <nlohmann/json.hpp>

#include "api/v2/link.hpp"
#include "base/program_version.hpp"
#include "grammar/parse.hpp"
#include "query/object_id.hpp"
#include "query/paging.hpp"
#include "query/planner.hpp"
#include "query/reserved_keys.hpp"
#include "sql/compile.hpp"

namespace restapi::api::v2 {
namespace {

using query::Scope;

/// With what v2 itself needs to know of the request.
struct Context : ReadContext {
  std::size_t segments_before_page;  ///< Found::segments_before_page
};

sql::Statement statement_of_object(query::ReadPlan const& plan, sql::Part part, sql::Dialect const& dialect) {
  return sql::compile_object(*plan.layout, *plan.object, part, dialect);
}

/// The one object that the path names: its row, pk first.
Result<store::Rows> the_one(query::ReadPlan const& plan, Result<store::Rows> rows) {
  if (!rows) return rows;
  if (rows->empty()) return query::no_such_object(plan.object->text, *plan.layout->resource);
  if (rows->size() > 1)
    return Error{Code::ambiguous_id, "More than one node found. Provide longer starting pattern for id."};
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
  if (!list.page) return answered;
  auto const pages = query::neighbours_of(*list.page, answered.total);
  if (!pages)
    return Error{Code::no_such_page, "Non existent page requested. The page range is [1 : " +
                                         std::to_string(query::last_page(answered.total, list.page->rows)) + "]"};
  answered.link = link_header(*pages, context.segments_before_page, context.target, context.address);
  return answered;
}

/// A window far down a list: where it begins is known from how the rows spread over ids, which is counted once for
/// each version of the data, instead of walking all rows before it.
Result<Answer> read_deep_list(query::ReadPlan const& plan, Context const& context) {
  auto const& list = plan.list;
  auto const spread = context.totals.spread(context.store, list, *context.version);
  if (!spread) return spread.error();
  auto const start = find_start(**spread, list.window, !list.order.empty() && list.order.front().descending);
  store::Rows rows(0);
  if (start) {
    auto read = context.store.read(sql::compile_list(list, start, context.store.dialect()));
    if (!read) return std::move(read).error();
    rows = *std::move(read);
  }
  Answer answered{Objects{plan.layout->name(), list.layout, std::move(rows)}, plan.layout->name()};
  answered.total = (*spread)->total;
  return finish_list(std::move(answered), list, context);
}

/// Whether the rows are the first ones of a table, which no filter makes long to find.
bool is_beginning(query::ListPlan const& list) {
  return list.layout->kind.empty() && list.conditions.empty() && list.order.empty() && list.window.offset == 0;
}

Result<Answer> read_list(query::ReadPlan const& plan, std::optional<Result<store::Rows>> first,
                         Context const& context) {
  constexpr std::int64_t deep = 2 * sql::ids_a_bucket;
  auto const& list = plan.list;
  if (context.version && list.window.offset >= deep && sql::is_ordered_by_id(list))
    return read_deep_list(plan, context);
  auto& store = context.store;
  auto rows = first ? *std::move(first) : store.read(sql::compile_list(list, std::nullopt, store.dialect()));
  if (!rows) return std::move(rows).error();
  auto const shown = shown_total(list.window, rows->size());
  Answer answered{Objects{plan.layout->name(), list.layout, *std::move(rows)}, plan.layout->name()};
  if (shown) {
    answered.total = *shown;
  } else {
    auto const total = context.totals.total(store, list, std::nullopt, context.version);
    if (!total) return total.error();
    answered.total = *total;
  }
  return finish_list(std::move(answered), list, context);
}

Result<Answer> read_neighbours(query::ReadPlan const& plan, Result<store::Rows> rows, Context const& context) {
  auto const& list = plan.list;
  if (!rows) return std::move(rows).error();
  std::int64_t pk = rows->empty() ? 0 : rows->integer_at(0, 0);
  if (rows->empty() || pk != rows->integer_at(0, 1)) {  // no neighbours here, or no such object, or several
    auto& store = context.store;
    auto const object = the_one(plan, store.read(statement_of_object(plan, sql::Part::pk, store.dialect())));
    if (!object) return object.error();
    pk = object->integer_at(0, 0);
  }
  auto const name = plan.scope == Scope::inputs ? "inputs" : "outputs";
  auto const shown = shown_total(list.window, rows->size());
  Answer answered{Objects{name, list.layout, *std::move(rows), 2}, plan.layout->name(), pk};
  if (shown) {
    answered.total = *shown;
  } else {
    auto const total = context.totals.total(context.store, list, sql::NeighboursOf{plan.scope, pk}, context.version);
    if (!total) return total.error();
    answered.total = *total;
  }
  return finish_list(std::move(answered), list, context);
}

Result<Answer> read_one(query::ReadPlan const& plan, Result<store::Rows> rows) {
  auto object = the_one(plan, std::move(rows));
  if (!object) return std::move(object).error();
  auto const pk = object->integer_at(0, 0);
  return Answer{Objects{plan.layout->name(), plan.layout, *std::move(object), 1}, plan.layout->name(), pk};
}

Result<Answer> read_content(query::ReadPlan const& plan, Result<store::Rows> rows) {
  auto object = the_one(plan, std::move(rows));
  if (!object) return std::move(object).error();
  auto const pk = object->integer_at(0, 0);
  auto const name = plan.scope == Scope::attributes ? "attributes" : "extras";
  return Answer{Document{name, *std::move(object), 1, plan.members}, plan.layout->name(), pk};
}

Result<Answer> read_statistics(query::ReadPlan const& plan, Context const& context) {
  auto rows = context.store.read(sql::compile_statistics(*plan.layout, plan.owner, context.store.dialect()));
  if (!rows) return std::move(rows).error();
  return Answer{Statistics{*std::move(rows)}, plan.layout->name()};
}

bool is_empty(ast::Query const& query) {
  return std::ranges::all_of(query.clauses, [](auto const& clause) { return clause.key == query::ignored_key; });
}

}  // namespace

Result<Planned> prepare(Found const& found, Target const& target, model::Catalog const& catalog,
                        query::Policy const& policy) {
  auto query = grammar::parse(target.decoded_query);
  if (!query) return std::move(query).error();
  if (found.route->kind == RouteKind::read) {
    auto plan = query::plan({found.resource, found.route->scope, std::string(found.id), found.page, *std::move(query)},
                            catalog, policy);
    if (!plan) return std::move(plan).error();
    if (plan->scope == Scope::schema) return Planned(Answer{Schema{plan->layout->resource}, plan->layout->name()});
    return Planned(*std::move(plan));
  }
  if (!is_empty(*query)) return Error{Code::incompatible_keys, "this endpoint does not take a query string"};
  switch (found.route->kind) {
    case RouteKind::server:
      // Clients read the last character of the first line.
      return Planned(Answer{Json{nlohmann::json{"REST API version: v2", "REST API Prefix: " + std::string(prefix),
                                                "restapi==" + std::string(program_version())}
                                     .dump()},
                            "Info"});
    default:
      return Planned(Answer{Json{nlohmann::json{{"available_endpoints", endpoints()}}.dump()}, "Info"});
  }
}

std::optional<sql::Statement> first_statement(query::ReadPlan const& plan, sql::Dialect const& dialect) {
  switch (plan.scope) {
    case Scope::list:
      if (is_beginning(plan.list)) return sql::compile_list(plan.list, std::nullopt, dialect);
      return std::nullopt;
    case Scope::inputs:
    case Scope::outputs:
      return sql::compile_neighbours(plan, dialect);
    case Scope::one:
      return statement_of_object(plan, sql::Part::row, dialect);
    case Scope::attributes:
      return statement_of_object(plan, sql::Part::attributes, dialect);
    case Scope::extras:
      return statement_of_object(plan, sql::Part::extras, dialect);
    default:
      return std::nullopt;
  }
}

Result<Answer> read(query::ReadPlan const& plan, std::optional<Result<store::Rows>> first,
                    std::size_t segments_before_page, ReadContext const& read_context) {
  Context const context{read_context, segments_before_page};
  switch (plan.scope) {
    case Scope::list:
      return read_list(plan, std::move(first), context);
    case Scope::inputs:
    case Scope::outputs:
      return read_neighbours(plan, *std::move(first), context);
    case Scope::one:
      return read_one(plan, *std::move(first));
    case Scope::attributes:
    case Scope::extras:
      return read_content(plan, *std::move(first));
    case Scope::statistics:
      return read_statistics(plan, context);
    case Scope::schema:
      break;  // prepare() has answered it
  }
  return Error{Code::internal, "", "", {}, "a scope without an answer"};
}

}  // namespace restapi::api::v2
