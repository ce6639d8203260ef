// SPDX-License-Identifier: MIT
#include "api/querybuilder/query.hpp"

#include <string>
#include <utility>

#include "base/json_value.hpp"
#include "query/builder/read.hpp"
#include "sql/builder/compile.hpp"
#include "sql/entities_read.hpp"

namespace restapi::api::querybuilder {
namespace {

class PendingQuery final : public PendingRead {
 public:
  PendingQuery(std::shared_ptr<query::builder::BuilderPlan const> plan, std::int64_t most_rows,
               sql::Statement statement)
      : PendingRead(std::nullopt, sql::entities_read(statement)),
        plan_(std::move(plan)),
        most_rows_(most_rows),
        statement_(std::move(statement)) {}

  Result<Answer> read(std::optional<Result<store::Rows>>, ReadContext const& context) const override {
    auto rows = context.store.read(statement_, context.gone);
    if (!rows) return std::move(rows).error();
    auto const number = static_cast<std::int64_t>(rows->size());
    if (number > most_rows_)
      return Error{
          Code::limit_too_large,
          "the answer has more than " + std::to_string(most_rows_) + " rows, which is as many as this server gives",
          "limit and offset read it in parts"};
    return Answer{GraphRows{plan_, *std::move(rows)}, "QueryBuilder", std::nullopt, number};
  }

 private:
  std::shared_ptr<query::builder::BuilderPlan const> const plan_;
  std::int64_t const most_rows_;
  sql::Statement const statement_;
};

}  // namespace

Result<query::builder::BuilderPlan> read_query(std::string_view body, model::Catalog const& catalog,
                                               query::Policy const& policy) {
  auto const json = read_json(body, query::builder::max_depth);
  if (!json) return json.error();
  return query::builder::read_query(*json, catalog, policy);
}

std::unique_ptr<PendingRead> pending_query(query::builder::BuilderPlan plan, std::int64_t most_rows,
                                           sql::Dialect const& dialect) {
  auto const shared = std::make_shared<query::builder::BuilderPlan const>(std::move(plan));
  return std::make_unique<PendingQuery>(shared, most_rows, sql::builder::compile_query(*shared, most_rows, dialect));
}

}  // namespace restapi::api::querybuilder
