// SPDX-License-Identifier: MIT
#include "api/nodes/object_reading.hpp"

#include <algorithm>
#include <string>
#include <utility>

#include "sql/compile.hpp"
#include "sql/entities_read.hpp"

namespace restapi::api {
namespace {

class ReadOfObject : public PendingRead {
 public:
  ReadOfObject(std::optional<sql::Statement> first, model::EntitySet entities, query::ObjectPlan plan, NotOne not_one,
               Tell tell, Gives gives)
      : PendingRead(std::move(first), entities),
        plan_(std::move(plan)),
        not_one_(std::move(not_one)),
        tell_(std::move(tell)),
        gives_(gives) {}

  bool gives_file() const override { return gives_ == Gives::file; }

  Result<Answer> read(std::optional<Result<store::Rows>> rows, ReadContext const& context) const override {
    auto row = one_of(plan_, *std::move(rows));
    if (!row) return std::move(row).error();
    return told(*std::move(row), context);
  }

 protected:
  query::ObjectPlan const& plan() const { return plan_; }

  Result<Answer> told(ObjectRow row, ReadContext const& context) const {
    auto const pk = row.pk;
    auto answer = tell_(std::move(row), context);
    if (answer) answer->pk = pk;
    return answer;
  }

  Result<ObjectRow> one_of(query::ObjectPlan const& plan, Result<store::Rows> rows) const {
    if (!rows) return std::move(rows).error();
    if (rows->size() != 1) return not_one_(plan, *rows);
    auto const pk = rows->integer_at(0, 0);
    return ObjectRow{plan_, *std::move(rows), 1, pk};
  }

 private:
  query::ObjectPlan const plan_;
  NotOne const not_one_;
  Tell const tell_;
  Gives const gives_;
};

/// An id that may be a pk is looked for as one first.
class ReadOfProcess final : public ReadOfObject {
 public:
  ReadOfProcess(model::EntitySet entities, query::ObjectPlan plan, NotOne not_one, Tell tell, Gives gives,
                std::optional<std::int64_t> pk, ProcessClass const& wanted)
      : ReadOfObject(std::nullopt, entities, std::move(plan), std::move(not_one), std::move(tell), gives),
        pk_(pk),
        wanted_(wanted) {}

  Result<Answer> read(std::optional<Result<store::Rows>>, ReadContext const& context) const override {
    auto row = find(context);
    if (!row) return std::move(row).error();
    auto const type = row->at("node_type").value_or("");
    if (!type.starts_with(wanted_.type) && !type.starts_with(wanted_.old_type))
      return Error{Code::no_such_object,
                   "node " + plan().object.text + " is not of the required type " + std::string(wanted_.class_name)};
    return told(*std::move(row), context);
  }

 private:
  Result<ObjectRow> find(ReadContext const& context) const {
    auto const& dialect = context.store.dialect();
    if (pk_) {
      auto by_pk = plan();
      by_pk.object.pk = pk_;
      auto rows = context.store.read(sql::compile_object(by_pk, dialect));
      if (!rows || !rows->empty()) return one_of(plan(), std::move(rows));
    }
    return one_of(plan(), context.store.read(sql::compile_object(plan(), dialect)));
  }

  std::optional<std::int64_t> const pk_;
  ProcessClass const wanted_;
};

}  // namespace

std::optional<std::string_view> ObjectRow::at(std::string_view field) const {
  auto const& fields = plan.projection->fields;
  auto const found = std::ranges::find(fields, field, &query::Shown::name);
  return rows.at(0, first_column + static_cast<std::size_t>(found - fields.begin()));
}

std::unique_ptr<PendingRead> read_object(ObjectRequest const& asked, query::ObjectPlan plan, model::EntitySet others,
                                         Tell tell, Gives gives) {
  auto first = sql::compile_object(plan, asked.dialect);
  auto const entities = sql::entities_read(first) | others;
  return std::make_unique<ReadOfObject>(std::move(first), entities, std::move(plan), asked.not_one, std::move(tell),
                                        gives);
}

std::unique_ptr<PendingRead> read_process(ObjectRequest const& asked, query::ObjectPlan plan,
                                          ProcessClass const& wanted, model::EntitySet others, Tell tell, Gives gives) {
  auto const entities = sql::entities_read(sql::compile_object(plan, asked.dialect)) | others;
  return std::make_unique<ReadOfProcess>(entities, std::move(plan), asked.not_one, std::move(tell), gives, asked.pk,
                                         wanted);
}

}  // namespace restapi::api
