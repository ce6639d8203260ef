// SPDX-License-Identifier: MIT
#include "api/plan_reading.hpp"

#include <string>
#include <string_view>
#include <utility>
#include <variant>

#include "api/graph/read.hpp"
#include "api/lists.hpp"
#include "query/paging.hpp"
#include "query/position.hpp"
#include "sql/compile.hpp"
#include "sql/entities_read.hpp"
#include "sql/graph.hpp"

namespace restapi::api {
namespace {

/// With what is known of the request and of its version.
struct Context : ReadContext {
  PageInPath const& page;
  PlanWords const& words;
};

/// The one object that the path names: its row, pk first.
Result<store::Rows> the_one(query::ObjectPlan const& plan, Result<store::Rows> rows, PlanWords const& words) {
  if (rows && rows->size() != 1) return words.not_one(plan, *rows);
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
  if (answered.total == 0) answered.hint = context.words.hint_of_empty_list(view, context.target);
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
  auto neighbours = read_neighbours(plan, std::move(first), context.words.not_one, context);
  if (!neighbours) return std::move(neighbours).error();
  auto const name = plan.direction == query::Direction::inputs ? context.words.inputs : context.words.outputs;
  auto answered = finish_list(name, std::move(neighbours->counted), plan.of.source.view->name, plan.list, context);
  if (answered) answered->pk = neighbours->pk;
  return answered;
}

Result<Answer> read_object(query::ObjectPlan const& plan, Result<store::Rows> rows, PlanWords const& words) {
  auto object = the_one(plan, std::move(rows), words);
  if (!object) return std::move(object).error();
  auto const pk = object->integer_at(0, 0);
  auto const& view = *plan.source.view;
  return Answer{Objects{view.name, plan.projection, *std::move(object), 1}, view.name, pk};
}

Result<Answer> graph_answer(query::GraphPlan const& plan, Context const& context) {
  auto read = read_graph(plan, context.words.not_one, context);
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

Result<Answer> read_document(query::DocumentPlan const& plan, Result<store::Rows> rows, PlanWords const& words) {
  auto object = the_one(plan.of, std::move(rows), words);
  if (!object) return std::move(object).error();
  auto const pk = object->integer_at(0, 0);
  return Answer{Document{name_of(plan.kind), *std::move(object), 1, plan.members}, plan.of.source.view->name, pk};
}

Result<Answer> read_statistics(query::StatisticsPlan const& plan, Context const& context) {
  auto rows = context.store.read(sql::compile_statistics(plan, context.store.dialect()));
  if (!rows) return std::move(rows).error();
  Answer answer{Statistics{*std::move(rows)}, plan.nodes->name()};
  answer.total = context.words.total_of_statistics;
  return answer;
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
  Result<Answer> operator()(query::ObjectPlan const& plan) const {
    return read_object(plan, *std::move(first), context.words);
  }
  Result<Answer> operator()(query::DocumentPlan const& plan) const {
    return read_document(plan, *std::move(first), context.words);
  }
  Result<Answer> operator()(query::StatisticsPlan const& plan) const { return read_statistics(plan, context); }
  Result<Answer> operator()(query::FacetsPlan const& plan) const { return read_facets(plan, context); }
};

class PlannedRead final : public PendingRead {
 public:
  PlannedRead(std::optional<sql::Statement> first, model::EntitySet entities, query::ReadPlan plan, PageInPath page,
              PlanWords const& words)
      : PendingRead(std::move(first), entities), plan_(std::move(plan)), page_(std::move(page)), words_(words) {}

  Result<Answer> read(std::optional<Result<store::Rows>> rows, ReadContext const& context) const override {
    Context const all{context, page_, words_};
    return std::visit(Reading{rows, all}, plan_);
  }

  bool has_aged_total(Totals const& totals, sql::Dialect const& dialect, std::string_view opening) const override {
    auto const* const list = std::get_if<query::ListPlan>(&plan_);
    return list != nullptr && list->total == query::Total::exact && totals.has_aged(dialect, *list, opening);
  }

 private:
  query::ReadPlan const plan_;
  PageInPath const page_;
  PlanWords const& words_;
};

class StreamedRead final : public PendingRead {
 public:
  StreamedRead(model::EntitySet entities, Streamed streamed)
      : PendingRead(std::nullopt, entities), streamed_(std::move(streamed)) {}

  Streamed const* streamed() const override { return &streamed_; }

  Result<Answer> read(std::optional<Result<store::Rows>>, ReadContext const&) const override {
    return Error{Code::internal, "", "", {}, "a streamed list has no answer in one piece"};
  }

 private:
  Streamed const streamed_;
};

}  // namespace

std::unique_ptr<PendingRead> pending_read(query::ReadPlan plan, PageInPath page, Format const* format,
                                          PlanWords const& words, sql::Dialect const& dialect) {
  auto first = std::visit(FirstStatement{dialect}, plan);
  auto const entities = sql::entities_read(first);
  if (format != nullptr && format->writer != nullptr)
    return std::make_unique<StreamedRead>(
        entities, PendingRead::Streamed{std::move(first), std::get<query::ListPlan>(plan).projection});
  auto known = std::visit(IsQuick{}, plan) ? std::optional(std::move(first)) : std::nullopt;
  return std::make_unique<PlannedRead>(std::move(known), entities, std::move(plan), std::move(page), words);
}

}  // namespace restapi::api
