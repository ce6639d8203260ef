// SPDX-License-Identifier: MIT
#include "query/order.hpp"

namespace restapi::query {
namespace {

bool is_id(Operand const& operand, model::BoundResource const& own) {
  auto const* const column = std::get_if<ColumnOperand>(&operand.of);
  return column != nullptr && column->related == nullptr && own.resource->columns[column->column].name == "id";
}

}  // namespace

std::vector<OrderTerm> order_terms(std::vector<SortKey> const& order, model::BoundResource const& own) {
  using Kind = OrderTerm::Kind;
  std::vector<OrderTerm> terms;
  for (auto const& key : order) {
    if (is_id(key.operand, own)) {  // nothing after it can matter
      terms.push_back({Kind::id, nullptr, key.descending});
      return terms;
    }
    if (std::holds_alternative<ColumnOperand>(key.operand.of)) {
      terms.push_back({Kind::column, &key.operand, key.descending});
    } else {
      for (auto const kind : {Kind::rank, Kind::number, Kind::text})
        terms.push_back({kind, &key.operand, key.descending});
    }
  }
  terms.push_back({Kind::id, nullptr, false});
  return terms;
}

}  // namespace restapi::query
