#include "api/v2/answers.hpp"

#include <charconv>
#include <nlohmann/json.hpp>

#include "api/v2/data.hpp"
#include "api/v2/link.hpp"
#include "grammar/parse.hpp"
#include "query/object_id.hpp"
#include "query/paging.hpp"
#include "query/planner.hpp"
#include "query/reserved_keys.hpp"
#include "sql/compile.hpp"

namespace restapi::api::v2 {
namespace {

using query::Scope;

std::int64_t to_number(std::optional<std::string_view> cell) {
  std::int64_t number = 0;
  if (cell) std::from_chars(cell->data(), cell->data() + cell->size(), number);
  return number;
}

/// The one object that the path names: its row, pk first.
Result<store::Rows> read_object(query::ReadPlan const& plan, sql::Part part, store::Store& store) {
  auto const& layout = *plan.layout;
  auto rows = store.read(sql::compile_object(layout, *plan.object, part, store.dialect()));
  if (!rows) return rows;
  if (rows->empty()) return query::no_such_object(plan.object->text, *layout.resource);
  if (rows->size() > 1)
    return Error{Code::ambiguous_id, "More than one node found. Provide longer starting pattern for id."};
  return rows;
}

/// How many rows the list has. Reading it costs a pass over the table, so it is only read where the window does not
/// show it: a window that is not full ends where the list ends.
Result<std::int64_t> total_of(query::ListPlan const& list, std::size_t rows_read,
                              std::optional<sql::NeighboursOf> neighbours, store::Store& store) {
  auto const read = static_cast<std::int64_t>(rows_read);
  if (read < list.window.limit && (read > 0 || list.window.offset == 0)) return list.window.offset + read;
  auto const count = store.read(sql::compile_count(list, neighbours, store.dialect()));
  if (!count) return count.error();
  return to_number(count->at(0, 0));
}

Result<Answered> read_list(query::ReadPlan const& plan, std::string_view name,
                           std::optional<sql::NeighboursOf> neighbours, Found const& found, Context const& context) {
  auto const& list = plan.list;
  auto const rows = context.store.read(sql::compile_list(list, neighbours, context.store.dialect()));
  if (!rows) return rows.error();
  auto const total = total_of(list, rows->size(), neighbours, context.store);
  if (!total) return total.error();
  Answered answered{rows_data(name, *list.layout, *rows), plan.layout->name(), {}, *total};
  if (neighbours) answered.pk = neighbours->pk;
  if (list.page) {
    auto const pages = query::neighbours_of(*list.page, *total);
    if (!pages)
      return Error{Code::no_such_page, "Non existent page requested. The page range is [1 : " +
                                           std::to_string(query::last_page(*total, list.page->rows)) + "]"};
    answered.link = link_header(*pages, found.segments_before_page, context.target, context.address);
  }
  return answered;
}

Result<Answered> read_neighbours(query::ReadPlan const& plan, Found const& found, Context const& context) {
  auto const object = read_object(plan, sql::Part::pk, context.store);
  if (!object) return object.error();
  sql::NeighboursOf const neighbours{plan.scope, to_number(object->at(0, 0))};
  return read_list(plan, plan.scope == Scope::inputs ? "inputs" : "outputs", neighbours, found, context);
}

Result<Answered> read_one(query::ReadPlan const& plan, Context const& context) {
  auto const object = read_object(plan, sql::Part::row, context.store);
  if (!object) return object.error();
  return Answered{rows_data(plan.layout->name(), *plan.layout, *object, 1), plan.layout->name(),
                  to_number(object->at(0, 0))};
}

Result<Answered> read_content(query::ReadPlan const& plan, Context const& context) {
  bool const attributes = plan.scope == Scope::attributes;
  auto const object = read_object(plan, attributes ? sql::Part::attributes : sql::Part::extras, context.store);
  if (!object) return object.error();
  auto data = content_data(attributes ? "attributes" : "extras", object->at(0, 1), plan.members);
  if (!data) return std::move(data).error();
  return Answered{*std::move(data), plan.layout->name(), to_number(object->at(0, 0))};
}

Result<Answered> read_statistics(query::ReadPlan const& plan, Context const& context) {
  auto const rows = context.store.read(sql::compile_statistics(*plan.layout, plan.owner, context.store.dialect()));
  if (!rows) return rows.error();
  return Answered{statistics_data(*rows), plan.layout->name()};
}

Result<Answered> read(Found const& found, ast::Query query, Context const& context) {
  query::Request const request{found.resource, found.route->scope, std::string(found.id), found.page, std::move(query)};
  auto const plan = query::plan(request, context.store.catalog(), context.policy);
  if (!plan) return plan.error();
  switch (plan->scope) {
    case Scope::list:
      return read_list(*plan, plan->layout->name(), std::nullopt, found, context);
    case Scope::inputs:
    case Scope::outputs:
      return read_neighbours(*plan, found, context);
    case Scope::one:
      return read_one(*plan, context);
    case Scope::attributes:
    case Scope::extras:
      return read_content(*plan, context);
    case Scope::statistics:
      return read_statistics(*plan, context);
  }
  return Error{Code::internal, "a scope without an answer"};
}

bool is_empty(ast::Query const& query) {
  return std::ranges::all_of(query.clauses, [](auto const& clause) { return clause.key == query::ignored_key; });
}

}  // namespace

Result<Answered> answer(Found const& found, Context const& context) {
  auto query = grammar::parse(context.target.decoded_query);
  if (!query) return std::move(query).error();
  if (found.route->answer == Answer::read) return read(found, *std::move(query), context);

  if (!is_empty(*query)) {
    if (found.route->answer == Answer::schema)
      return Error{Code::incompatible_keys, "schema requests do not allow specifying a query string"};
    return Error{Code::incompatible_keys, "this endpoint does not take a query string"};
  }
  switch (found.route->answer) {
    case Answer::schema:
      return Answered{schema_data(*found.resource->resource), found.resource->name()};
    case Answer::server:
      // Clients read the last character of the first line.
      return Answered{
          nlohmann::json{"REST API version: v2", "REST API Prefix: " + std::string(prefix), "restapi==" RESTAPI_VERSION}
              .dump(),
          "Info"};
    default:
      return Answered{nlohmann::json{{"available_endpoints", endpoints()}}.dump(), "Info"};
  }
}

}  // namespace restapi::api::v2
