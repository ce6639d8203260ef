// SPDX-License-Identifier: MIT
#include "api/v4/contents.hpp"

#include <nlohmann/json.hpp>
#include <string>
#include <utility>

#include "api/cell_json.hpp"
#include "api/nodes/fields.hpp"
#include "api/nodes/object_reading.hpp"
#include "model/relation.hpp"
#include "sql/entities_read.hpp"
#include "sql/node_contents.hpp"

namespace restapi::api::v4 {
namespace {

using nlohmann::json;

// How much larger than the rows a document of them is.
constexpr std::size_t as_documents = 8;

/// Whether the database has what nodes are related to by it: 0.x keeps its logs otherwise.
bool has_related(model::Catalog const& catalog, std::string_view relation) {
  return catalog.has(*model::find_relation("nodes", relation));
}

}  // namespace

Result<std::unique_ptr<PendingRead>> plan_comments(ObjectRequest const& asked) {
  auto plan = asked.planner.object(asked.view, asked.id, {});
  if (!plan) return std::move(plan).error();
  plan->projection = node_fields(plan->source, asked.planner.catalog, {"id"});
  bool const has_comments = has_related(asked.planner.catalog, "comment");
  auto const tell = [has_comments, type = asked.resource_type](ObjectRow const& node,
                                                               ReadContext const& context) -> Result<Answer> {
    auto comments = json::array();
    if (has_comments) {
      auto const rows = context.store.read(sql::compile_comments(node.pk, context.store.dialect()));
      if (!rows) return rows.error();
      context.take_memory(as_documents * rows->bytes());
      for (std::size_t row = 0; row < rows->size(); ++row) {
        auto const name = std::string(rows->at(row, 2).value_or("")) + " " + std::string(rows->at(row, 3).value_or(""));
        comments.push_back({{"created_time", date_of(rows->at(row, 0))},
                            {"modified_time", date_of(rows->at(row, 1))},
                            {"user", name},
                            {"message", text_of(rows->at(row, 4))}});
      }
    }
    return said({{"comments", comments}}, type);
  };
  return read_object(asked, *std::move(plan),
                     has_comments ? sql::entities_read(sql::compile_comments(0, asked.dialect)) : model::EntitySet(),
                     tell);
}

Result<std::unique_ptr<PendingRead>> plan_report(ObjectRequest const& asked) {
  auto plan = asked.planner.object(asked.view, asked.id, {});
  if (!plan) return std::move(plan).error();
  plan->projection = node_fields(plan->source, asked.planner.catalog, {"node_type"});
  bool const has_logs = has_related(asked.planner.catalog, "log");
  auto const tell = [has_logs, type = asked.resource_type](ObjectRow const& node,
                                                           ReadContext const& context) -> Result<Answer> {
    auto logs = json::array();
    if (has_logs) {
      auto const rows = context.store.read(sql::compile_logs(node.pk, context.store.dialect()));
      if (!rows) return rows.error();
      context.take_memory(as_documents * rows->bytes());
      for (std::size_t row = 0; row < rows->size(); ++row)
        logs.push_back({{"time", date_of(rows->at(row, 0))},
                        {"loggername", text_of(rows->at(row, 1))},
                        {"levelname", text_of(rows->at(row, 2))},
                        {"dbnode_id", node.pk},
                        {"message", text_of(rows->at(row, 3))}});
    }
    return said({{"logs", logs}}, type);
  };
  constexpr ProcessClass process{"ProcessNode", "process.", "calculation."};
  return read_process(asked, *std::move(plan), process,
                      has_logs ? sql::entities_read(sql::compile_logs(0, asked.dialect)) : model::EntitySet(), tell);
}

}  // namespace restapi::api::v4
