// SPDX-License-Identifier: MIT
#include "api/v4/contents.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <string>
#include <utility>

#include "api/v4/cell_json.hpp"
#include "api/v4/node_fields.hpp"
#include "api/v4/object_reading.hpp"
#include "exporters/bands_json.hpp"
#include "exporters/kpoints_properties.hpp"
#include "exporters/node_class.hpp"
#include "exporters/structure_properties.hpp"
#include "sql/entities_read.hpp"
#include "sql/node_contents.hpp"

namespace restapi::api::v4 {
namespace {

using nlohmann::json;

// How much larger than the rows a document of them is.
constexpr std::size_t as_documents = 8;

/// The tables of a resource that this database may lack.
model::EntitySet entities_of(query::Planner const& planner, std::string_view resource,
                             sql::Statement const& statement) {
  return planner.catalog.find(resource) != nullptr ? sql::entities_read(statement) : model::EntitySet();
}

}  // namespace

Result<std::unique_ptr<PendingRead>> plan_comments(Found const& found, query::Planner const& planner,
                                                   sql::Dialect const& dialect) {
  auto plan = planner.object(*found.view, found.id, {});
  if (!plan) return std::move(plan).error();
  plan->projection = node_fields(plan->source, planner, {"id"});
  bool const has_comments = planner.catalog.find("comments") != nullptr;
  auto const tell = [has_comments](ObjectRow const& node, ReadContext const& context) -> Result<Answer> {
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
    return said({{"comments", comments}}, "nodes");
  };
  return read_object(*std::move(plan), entities_of(planner, "comments", sql::compile_comments(0, dialect)), tell,
                     dialect);
}

Result<std::unique_ptr<PendingRead>> plan_report(Found const& found, query::Planner const& planner,
                                                 sql::Dialect const& dialect) {
  auto plan = planner.object(*found.view, found.id, {});
  if (!plan) return std::move(plan).error();
  plan->projection = node_fields(plan->source, planner, {"node_type"});
  bool const has_logs = planner.catalog.find("logs") != nullptr;
  auto const tell = [has_logs](ObjectRow const& node, ReadContext const& context) -> Result<Answer> {
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
    return said({{"logs", logs}}, "processes");
  };
  constexpr ProcessClass process{"ProcessNode", "process.", "calculation."};
  return read_process(*std::move(plan), process, entities_of(planner, "logs", sql::compile_logs(0, dialect)), tell,
                      dialect);
}

namespace {

/// A class that has derived properties.
struct DerivedClass {
  std::string_view node_class;
  Result<std::string> (*properties)(exporters::Node const& node);
};

constexpr DerivedClass derived_classes[] = {
    {"structure.StructureData",
     [](exporters::Node const& node) { return exporters::structure_properties(node.attributes); }},
    {"array.kpoints.KpointsData", exporters::kpoints_properties},
    {"array.bands.BandsData", exporters::bands_properties},
};

}  // namespace

Result<std::unique_ptr<PendingRead>> plan_derived_properties(Found const& found, query::Planner const& planner,
                                                             sql::Dialect const& dialect) {
  auto plan = planner.object(*found.view, found.id, {});
  if (!plan) return std::move(plan).error();
  plan->projection =
      node_fields(plan->source, planner, {"label", "node_type", "uuid"}, {"attributes", "repository_metadata"});
  auto const tell = [](ObjectRow const& row, ReadContext const& context) -> Result<Answer> {
    auto const node_class = exporters::node_class(row.at("node_type").value_or(""));
    auto const* const derived = std::ranges::find(derived_classes, node_class, &DerivedClass::node_class);
    std::string properties = "{}";
    if (derived != std::ranges::end(derived_classes)) {
      auto const node = exported(row, context);
      auto written = derived->properties(node);
      if (!written) return std::move(written).error();
      properties = *std::move(written);
    }
    return Answer{Json{"{\"derived_properties\":" + properties + "}"}, "nodes"};
  };
  return read_object(*std::move(plan), {}, tell, dialect);
}

}  // namespace restapi::api::v4
