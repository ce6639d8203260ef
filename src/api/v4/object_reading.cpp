// SPDX-License-Identifier: MIT
#include "api/v4/object_reading.hpp"

#include <algorithm>
#include <charconv>
#include <string>
#include <utility>

#include "api/v4/vocabulary.hpp"
#include "sql/compile.hpp"
#include "sql/entities_read.hpp"

namespace restapi::api::v4 {
namespace {

class ReadOfObject final : public PendingRead {
 public:
  ReadOfObject(sql::Statement first, model::EntitySet entities, query::ObjectPlan plan, Tell tell, Gives gives)
      : PendingRead(std::move(first), entities), plan_(std::move(plan)), tell_(std::move(tell)), gives_(gives) {}

  bool gives_file() const override { return gives_ == Gives::file; }

  Result<Answer> read(std::optional<Result<store::Rows>> rows, ReadContext const& context) const override {
    if (!*rows) return std::move(*rows).error();
    auto row = **std::move(rows);
    if (row.size() != 1) return not_one(plan_, row);
    auto const pk = row.integer_at(0, 0);
    return tell_({plan_, std::move(row), 1, pk}, context);
  }

 private:
  query::ObjectPlan const plan_;
  Tell const tell_;
  Gives const gives_;
};

/// An id that may be a pk is looked for as one first.
class ReadOfProcess final : public PendingRead {
 public:
  ReadOfProcess(model::EntitySet entities, query::ObjectPlan plan, std::optional<std::int64_t> pk,
                ProcessClass const& wanted, Tell tell)
      : PendingRead(std::nullopt, entities), plan_(std::move(plan)), pk_(pk), wanted_(wanted), tell_(std::move(tell)) {}

  Result<Answer> read(std::optional<Result<store::Rows>>, ReadContext const& context) const override {
    auto row = find(context);
    if (!row) return std::move(row).error();
    auto const type = row->at("node_type").value_or("");
    auto const& id = plan_.object.text;
    if (!type.starts_with(wanted_.type) && !type.starts_with(wanted_.old_type))
      return Error{Code::no_such_object,
                   "node " + id + " is not of the required type " + std::string(wanted_.class_name)};
    return tell_(*std::move(row), context);
  }

 private:
  Result<ObjectRow> find(ReadContext const& context) const {
    auto const& dialect = context.store.dialect();
    if (pk_) {
      auto by_pk = plan_;
      by_pk.object.pk = pk_;
      auto rows = context.store.read(sql::compile_object(by_pk, dialect));
      if (!rows) return std::move(rows).error();
      if (!rows->empty()) return ObjectRow{plan_, *std::move(rows), 1, *pk_};
    }
    auto rows = context.store.read(sql::compile_object(plan_, dialect));
    if (!rows) return std::move(rows).error();
    if (rows->empty())
      return Error{Code::no_such_object, "no Node found with " + std::string(pk_ ? "ID" : "UUID") + plan_.object.text};
    if (rows->size() > 1) return not_one(plan_, *rows);
    auto const pk = rows->integer_at(0, 0);
    return ObjectRow{plan_, *std::move(rows), 1, pk};
  }

  query::ObjectPlan const plan_;
  std::optional<std::int64_t> const pk_;
  ProcessClass const wanted_;
  Tell const tell_;
};

std::optional<std::int64_t> pk_of(std::string_view id) {
  std::int64_t pk = 0;
  auto const* const end = id.data() + id.size();
  auto const read = std::from_chars(id.data(), end, pk);
  return read.ec == std::errc() && read.ptr == end ? std::optional(pk) : std::nullopt;
}

}  // namespace

std::optional<std::string_view> ObjectRow::at(std::string_view field) const {
  auto const& fields = plan.projection->fields;
  auto const found = std::ranges::find(fields, field, &query::Shown::name);
  return rows.at(0, first_column + static_cast<std::size_t>(found - fields.begin()));
}

std::unique_ptr<PendingRead> read_object(query::ObjectPlan plan, model::EntitySet others, Tell tell,
                                         sql::Dialect const& dialect, Gives gives) {
  auto first = sql::compile_object(plan, dialect);
  auto const entities = sql::entities_read(first) | others;
  return std::make_unique<ReadOfObject>(std::move(first), entities, std::move(plan), std::move(tell), gives);
}

std::unique_ptr<PendingRead> read_process(query::ObjectPlan plan, ProcessClass const& wanted, model::EntitySet others,
                                          Tell tell, sql::Dialect const& dialect) {
  auto const entities = sql::entities_read(sql::compile_object(plan, dialect)) | others;
  auto const pk = pk_of(plan.object.text);
  return std::make_unique<ReadOfProcess>(entities, std::move(plan), pk, wanted, std::move(tell));
}

Error not_one(query::ObjectPlan const& plan, store::Rows const& pks) {
  if (pks.empty())
    return {Code::no_such_object,
            vocabulary().sentences.no_such_object(plan.object.text, plan.source.view->class_name)};
  return {Code::ambiguous_id, "More than one node found. Provide longer starting pattern for id."};
}

}  // namespace restapi::api::v4
