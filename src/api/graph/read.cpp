// SPDX-License-Identifier: MIT
#include "api/graph/read.hpp"

#include <string>
#include <utility>

#include "query/position.hpp"
#include "sql/compile.hpp"
#include "sql/graph.hpp"

namespace restapi::api {
namespace {

using sql::GraphColumn;

bool is_of_one(store::Rows const& rows) {
  return !rows.empty() && rows.integer_at(0, GraphColumn::first_pk) == rows.integer_at(0, GraphColumn::last_pk);
}

/// The position behind the last node of the window; nothing where there are no more nodes. Those, and their links, are
/// taken off.
std::string cut(store::Rows& rows, query::ListPlan const& list) {
  std::int64_t nodes = 0;
  std::size_t last = 0;
  for (std::size_t row = 0; row < rows.size(); ++row) {
    if (!rows.at(row, GraphColumn::node)) continue;
    if (nodes == list.window.limit) {
      auto const term = [&](GraphColumn column) { return std::string(*rows.at(last, column)); };
      auto position =
          nodes == 0 ? query::Position() : query::Position{term(GraphColumn::level), term(GraphColumn::node)};
      rows.keep(row);
      return nodes == 0 ? std::string() : query::position_token(list.mark, position);
    }
    ++nodes;
    last = row;
  }
  return {};
}

}  // namespace

Result<ReadGraph> read_graph(query::GraphPlan const& plan, NotOne const& not_one, ReadContext const& context) {
  auto& store = context.store;
  auto rows = store.read(sql::compile_graph(plan, store.dialect()));
  if (!rows) return std::move(rows).error();
  if (!is_of_one(*rows)) {
    auto const pks = store.read(sql::compile_pk(plan.of, store.dialect()));
    if (!pks) return pks.error();
    return not_one(plan.of, *pks);
  }
  auto const pk = rows->integer_at(0, GraphColumn::first_pk);
  std::int64_t total = 0;
  for (std::size_t row = 0; row < rows->size(); ++row) total += rows->integer_at(row, GraphColumn::total);
  auto next = cut(*rows, plan.list);
  if (!plan.has_pages) next.clear();
  return ReadGraph{{plan.list.projection, *std::move(rows), std::move(next)}, pk, total};
}

}  // namespace restapi::api
