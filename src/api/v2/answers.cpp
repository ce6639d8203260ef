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
#include "sql/entities_read.hpp"

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

Result<Answer> finish_list(Objects objects, std::string_view resource, std::int64_t total, query::ListPlan const& list,
                           Context const& context, std::optional<std::chrono::steady_clock::duration> total_age = {}) {
  Answer answered{std::move(objects), resource};
  answered.total = total;
  answered.total_age = total_age;
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

/// Rows and totals that are read one after the other are of one state of the data where its version is the same behind
/// them as it was before.
bool is_unchanged(Context const& context) {
  auto const now = context.version ? context.store.version() : Result<std::optional<store::Version>>(std::nullopt);
  return now && *now && agree(**now, *context.version, context.entities);
}

/// Fits the rows that have just been read. It is looked up before the version is asked for: what is kept under a
/// version may be newer, and is of it only if the version has not changed after that.
std::optional<std::int64_t> known_total(query::ListPlan const& list, std::optional<sql::NeighboursOf> neighbours,
                                        Context const& context) {
  auto const total = context.totals.find(context.store.dialect(), list, neighbours, context.version);
  return total && is_unchanged(context) ? total : std::nullopt;
}

/// Otherwise they are read once more, together with their number; again, where rows come and go in between.
constexpr int most_tries = 4;

/// Whether rows of a list of so many are in the window.
bool reaches(query::Window window, std::int64_t total) { return window.limit > 0 && total > window.offset; }

Error changes_too_fast() {
  return {Code::store_unavailable, "the data changed while they were read", "try again in a few seconds"};
}

Result<std::int64_t> read_number(store::Reader& store, sql::Statement const& statement) {
  auto const rows = store.read(statement);
  if (!rows) return rows.error();
  return rows->integer_at(0, 0);
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
  return finish_list(Objects{view.name, &view, std::move(rows)}, view.name, (*histogram)->total, list, context);
}

/// Whether later only what has changed is to be counted again.
bool is_counted_by_changes(query::ListPlan const& list, Context const& context) {
  static auto const nodes = sql::entities_read(sql::Statement("", 0).add("@db_dbnode"));
  return list.source.bound->resource->is_node && context.entities == nodes && context.version && context.version->since;
}

/// Rows, and what has changed since the list was counted, in one statement. Nothing: there are no rows, or it cannot be
/// told, or nodes come and go too fast.
Result<std::optional<Answer>> read_list_and_changes(query::ListPlan const& list, bool is_deep, Context const& context) {
  auto& store = context.store;
  auto const& version = *context.version;
  auto const& view = *list.source.view;
  bool const descending = !list.order.empty() && list.order.front().descending;
  for (int i = 0; i < most_tries; ++i) {
    auto const known = context.totals.earlier_histogram(store, list, version);
    // Where ids are far apart, the histogram is larger than what it spares.
    if (!known && known.error().code == Code::answer_too_large) break;
    if (!known) return known.error();
    auto const& histogram = **known;
    auto const start = is_deep ? find_start(histogram, list.window, descending) : std::nullopt;
    if (!histogram.since || (is_deep && !start)) break;
    auto rows = store.read(
        sql::compile_list_and_changes(list, start, *histogram.since, most_buckets(histogram), store.dialect()));
    if (!rows) return std::move(rows).error();
    if (rows->empty()) break;
    auto const counted = with_changes(histogram, rows->at(0, 0).value_or(""), version.since);
    if (!counted) {
      context.totals.forget(store, list);
      continue;
    }
    context.totals.keep(store, list, version, counted);
    if (is_deep && find_start(*counted, list.window, descending) != start) continue;
    auto answer = finish_list(Objects{view.name, &view, *std::move(rows), 1}, view.name, counted->total, list, context);
    if (!answer) return std::move(answer).error();
    return std::optional<Answer>(*std::move(answer));
  }
  return std::optional<Answer>();
}

/// Whether the rows are the first ones of a table, which no filter makes long to find.
bool is_beginning(query::ListPlan const& list) {
  return list.source.bound->kind.empty() && list.conditions.empty() && list.order.empty() && list.window.offset == 0;
}

Result<Answer> read_list(query::ListPlan const& list, std::optional<Result<store::Rows>> first,
                         Context const& context) {
  constexpr std::int64_t deep = 2 * sql::ids_a_bucket;
  auto& store = context.store;
  auto const& view = *list.source.view;
  bool const is_deep = list.window.offset >= deep && sql::is_ordered_by_id(list);
  bool const is_by_changes = is_counted_by_changes(list, context);
  // Where the list was counted before, one statement does. Otherwise its rows may show that nothing has to be counted.
  if (is_by_changes && (is_deep || (!first && context.totals.has_histogram(list, store.dialect())))) {
    auto answer = read_list_and_changes(list, is_deep, context);
    if (!answer) return std::move(answer).error();
    if (*answer) return **std::move(answer);
  }
  if (context.version && is_deep) {
    auto answer = read_deep_list(list, context);
    if (answer && is_unchanged(context)) return answer;
    // Where ids are far apart, the histogram is larger than what it spares.
    if (!answer && answer.error().code != Code::answer_too_large) return answer;
  }
  auto rows = first ? *std::move(first) : store.read(sql::compile_list(list, std::nullopt, store.dialect()));
  if (!rows) return std::move(rows).error();
  auto total = shown_total(list.window, rows->size());
  if (!total) total = known_total(list, std::nullopt, context);
  if (total) return finish_list(Objects{view.name, &view, *std::move(rows)}, view.name, *total, list, context);
  if (is_by_changes && !rows->empty()) {
    auto answer = read_list_and_changes(list, false, context);
    if (!answer) return std::move(answer).error();
    if (*answer) return **std::move(answer);
  }
  std::unique_ptr<AgedTotals::Counting> counting;
  if (!is_by_changes) {
    auto asked =
        context.totals.ask_aged(store.dialect(), list, context.opening, context.wants_exact_total, context.gone);
    if (auto const* const aged = std::get_if<AgedTotals::Total>(&asked)) {
      // There are at least those rows that are shown.
      auto const least = rows->empty() ? 0 : list.window.offset + static_cast<std::int64_t>(rows->size());
      if (!rows->empty() || !reaches(list.window, aged->rows))
        return finish_list(Objects{view.name, &view, *std::move(rows)}, view.name, std::max(aged->rows, least), list,
                           context, aged->age);
    } else {
      counting = std::get<std::unique_ptr<AgedTotals::Counting>>(std::move(asked));
    }
  }
  std::size_t first_column = 0;
  for (int i = 0; i < most_tries; ++i) {
    if (rows->empty()) {
      auto const count = read_number(store, sql::compile_count(list, std::nullopt, store.dialect()));
      if (!count) return count.error();
      if (!reaches(list.window, *count)) total = *count;  // otherwise it has grown since
    } else if (first_column > 0) {
      total = rows->integer_at(0, 0);
    }
    if (total) {
      context.totals.keep(store, list, std::nullopt, context.version, *total);
      if (counting) counting->keep(*total);
      return finish_list(Objects{view.name, &view, *std::move(rows), first_column}, view.name, *total, list, context);
    }
    rows = store.read(sql::compile_counted_list(list, store.dialect()));
    if (!rows) return std::move(rows).error();
    first_column = 1;
  }
  return changes_too_fast();
}

/// Reads neighbours until what is read is of one state.
class NeighboursReading {
 public:
  NeighboursReading(query::NeighboursPlan const& plan, Context const& context) : plan_(plan), context_(context) {}

  Result<Answer> run(Result<store::Rows> rows) {
    for (int i = 1;; ++i) {
      auto answer = attempt(std::move(rows));
      if (!answer) return std::move(answer).error();
      if (*answer) return **std::move(answer);
      if (i == most_tries) return changes_too_fast();
      rows = read(sql::compile_neighbours);
    }
  }

 private:
  using Compile = sql::Statement (*)(query::NeighboursPlan const&, sql::Dialect const&);
  Result<store::Rows> read(Compile compile) const {
    return context_.store.read(compile(plan_, context_.store.dialect()));
  }

  static bool is_of_one(store::Rows const& rows) {
    return !rows.empty() && rows.at(0, 0) && rows.integer_at(0, 0) == rows.integer_at(0, 1);
  }

  /// Nothing: the data have changed meanwhile.
  Result<std::optional<Answer>> attempt(Result<store::Rows> rows) const {
    if (!rows) return std::move(rows).error();
    if (!is_of_one(*rows)) return without_rows();
    auto const& list = plan_.list;
    auto const pk = rows->integer_at(0, 0);
    sql::NeighboursOf const node{plan_.direction, pk};
    auto total = shown_total(list.window, rows->size());
    if (!total) total = known_total(list, node, context_);
    if (total) return answer(*std::move(rows), 2, pk, *total);
    rows = read(sql::compile_counted_neighbours);
    if (!rows) return std::move(rows).error();
    if (!is_of_one(*rows) || rows->integer_at(0, 0) != pk) return std::optional<Answer>();
    auto const count = rows->integer_at(0, 2);
    context_.totals.keep(context_.store, list, node, context_.version, count);
    return answer(*std::move(rows), 3, pk, count);
  }

  /// No neighbours in this window, or no such object, or several.
  Result<std::optional<Answer>> without_rows() const {
    auto const found = read(sql::compile_neighbour_count);
    if (!found) return found.error();
    if (!is_of_one(*found)) {
      auto const object = the_one(plan_.of, context_.store.read(sql::compile_pk(plan_.of, context_.store.dialect())));
      if (!object) return object.error();
      return std::optional<Answer>();
    }
    auto const count = found->integer_at(0, 2);
    if (reaches(plan_.list.window, count)) return std::optional<Answer>();
    return answer(store::Rows(0), 0, found->integer_at(0, 0), count);
  }

  Result<std::optional<Answer>> answer(store::Rows rows, std::size_t first_column, std::int64_t pk,
                                       std::int64_t total) const {
    auto const name = plan_.direction == query::Direction::inputs ? "inputs" : "outputs";
    auto finished = finish_list(Objects{name, plan_.list.source.view, std::move(rows), first_column},
                                plan_.of.source.view->name, total, plan_.list, context_);
    if (!finished) return std::move(finished).error();
    finished->pk = pk;
    return std::optional<Answer>(*std::move(finished));
  }

  query::NeighboursPlan const& plan_;
  Context const& context_;
};

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

/// A statement of each plan that reads all tables that the others of the plan read.
struct WidestStatement {
  sql::Dialect const& dialect;

  sql::Statement operator()(query::ListPlan const& plan) const {
    return sql::compile_list(plan, std::nullopt, dialect);
  }
  sql::Statement operator()(query::NeighboursPlan const& plan) const { return sql::compile_neighbours(plan, dialect); }
  sql::Statement operator()(query::ObjectPlan const& plan) const { return sql::compile_object(plan, dialect); }
  sql::Statement operator()(query::DocumentPlan const& plan) const { return sql::compile_document(plan, dialect); }
  sql::Statement operator()(query::StatisticsPlan const& plan) const { return sql::compile_statistics(plan, dialect); }
};

/// What each plan comes to. `first`: the rows of its first statement, where it has one.
struct Reading {
  std::optional<Result<store::Rows>>& first;
  Context const& context;

  Result<Answer> operator()(query::ListPlan const& plan) const { return read_list(plan, std::move(first), context); }
  Result<Answer> operator()(query::NeighboursPlan const& plan) const {
    return NeighboursReading(plan, context).run(*std::move(first));
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
      error.hint = "did you mean " + nearest.substr(prefix.size() + 1) + "?";
      return error;
    }
  return planned;
}

std::optional<sql::Statement> first_statement(query::ReadPlan const& plan, sql::Dialect const& dialect) {
  return std::visit(FirstStatement{dialect}, plan);
}

model::EntitySet entities_read(query::ReadPlan const& plan, sql::Dialect const& dialect) {
  return sql::entities_read(std::visit(WidestStatement{dialect}, plan));
}

Result<Answer> read(query::ReadPlan const& plan, std::optional<Result<store::Rows>> first,
                    std::size_t segments_before_page, ReadContext const& read_context) {
  Context const context{read_context, segments_before_page};
  return std::visit(Reading{first, context}, plan);
}

}  // namespace restapi::api::v2
