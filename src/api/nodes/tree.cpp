// SPDX-License-Identifier: MIT
#include "api/nodes/tree.hpp"

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>
#include <string>
#include <utility>

#include "api/cell_json.hpp"
#include "api/lists.hpp"
#include "api/nodes/fields.hpp"
#include "api/nodes/object_reading.hpp"
#include "exporters/formula.hpp"
#include "exporters/kpoints_description.hpp"
#include "exporters/node_class.hpp"
#include "exporters/structure.hpp"
#include "sql/compile.hpp"
#include "sql/entities_read.hpp"

namespace restapi::api {
namespace {

using nlohmann::json;

/// Which nodes have a text of their own in trees, and which. By the class of the node.
struct Described {
  std::string_view node_class;
  std::string (*text)(store::Rows const& rows, std::size_t row, std::size_t description, std::size_t attributes);
};

std::string formula_of(store::Rows const& rows, std::size_t row, std::size_t, std::size_t attributes) {
  auto const structure = exporters::read_structure(rows.at(row, attributes).value_or("{}"));
  return structure ? exporters::reduced_formula(*structure) : std::string();
}

std::string kpoints_of(store::Rows const& rows, std::size_t row, std::size_t, std::size_t attributes) {
  return exporters::kpoints_description(rows.at(row, attributes).value_or("{}"));
}

std::string own_description(store::Rows const& rows, std::size_t row, std::size_t description, std::size_t) {
  return std::string(rows.at(row, description).value_or(""));
}

constexpr Described described[] = {
    {"structure.StructureData", formula_of},
    {"array.kpoints.KpointsData", kpoints_of},
    {"array.bands.BandsData", kpoints_of},
    {"code.Code", own_description},
    {"code.installed.InstalledCode", own_description},
    {"code.portable.PortableCode", own_description},
    {"code.containerized.ContainerizedCode", own_description},
};

constexpr std::string_view job_states[] = {"uploading",  "submitting", "withscheduler", "stashing",
                                           "unstashing", "retrieving", "parsing"};
constexpr std::string_view jobs = "process.calculation.calcjob.CalcJobNode.";

/// What is read of each node of a tree, in this order; of neighbours, the link as well.
enum Column : std::size_t { ctime, id, label, mtime, node_type, uuid, description, attributes, link_label, link_type };

std::string description_of(store::Rows const& rows, std::size_t row, std::size_t first) {
  auto const type = rows.at(row, first + node_type).value_or("");
  if (type == jobs) {
    auto const document = json::parse(rows.at(row, first + attributes).value_or("{}"), nullptr, false);
    auto const state = document.is_object() ? document.value("state", json()) : json();
    bool const is_known = state.is_string() && std::ranges::find(job_states, state.get_ref<std::string const&>()) !=
                                                   std::ranges::end(job_states);
    return is_known ? state.get<std::string>() : std::string();
  }
  auto const* const found = std::ranges::find(described, exporters::node_class(type), &Described::node_class);
  return found == std::ranges::end(described) ? std::string()
                                              : found->text(rows, row, first + description, first + attributes);
}

json node_of_tree(store::Rows const& rows, std::size_t row, std::size_t first) {
  return {{"ctime", date_of(rows.at(row, first + ctime))},         {"id", integer_of(rows, row, first + id)},
          {"node_label", text_of(rows.at(row, first + label))},    {"mtime", date_of(rows.at(row, first + mtime))},
          {"node_type", text_of(rows.at(row, first + node_type))}, {"uuid", text_of(rows.at(row, first + uuid))},
          {"description", description_of(rows, row, first)}};
}

struct Side {
  query::NeighboursPlan plan;
  std::string_view name, total, sent;
};

Result<Side> side_of(ObjectRequest const& asked, query::Direction direction, std::int64_t limit) {
  auto plan = asked.planner.neighbours(asked.view, asked.id, direction, view_of_links(), {}, std::nullopt);
  if (!plan) return std::move(plan).error();
  auto const& catalog = asked.planner.catalog;
  auto fields =
      node_fields(plan->list.source, catalog, {"ctime", "id", "label", "mtime", "node_type", "uuid", "description"})
          ->fields;
  fields.push_back(
      {"attributes", {}, {}, {query::DocumentOperand{plan->list.source.bound->find_document("attributes")}}});
  for (auto const name : {"link.label", "link.type"}) fields.push_back(node_field(name, catalog));
  plan->list.projection = std::make_shared<query::Projection const>(std::move(fields));
  plan->list.window = {limit, 0};
  return direction == query::Direction::inputs
             ? Side{*std::move(plan), "incoming", "total_no_of_incomings", "sent_no_of_incomings"}
             : Side{*std::move(plan), "outgoing", "total_no_of_outgoings", "sent_no_of_outgoings"};
}

}  // namespace

Result<std::unique_ptr<PendingRead>> plan_tree(ObjectRequest const& asked, TreeLimits const& limits) {
  auto plan = asked.planner.object(asked.view, asked.id, {});
  if (!plan) return std::move(plan).error();
  auto in = side_of(asked, query::Direction::inputs, limits.incoming);
  if (!in) return std::move(in).error();
  auto out = side_of(asked, query::Direction::outputs, limits.outgoing);
  if (!out) return std::move(out).error();
  plan->projection = node_fields(plan->source, asked.planner.catalog,
                                 {"ctime", "id", "label", "mtime", "node_type", "uuid", "description"}, {"attributes"});
  auto const entities = sql::entities_read(sql::compile_neighbours(in->plan, asked.dialect));
  auto const tell = [sides = std::array{*std::move(in), *std::move(out)}, not_one = asked.not_one,
                     type = asked.resource_type](ObjectRow const& node, ReadContext const& context) -> Result<Answer> {
    auto main = node_of_tree(node.rows, 0, node.first_column);
    json metadata;
    constexpr std::size_t as_documents = 8;  // how much larger they are than the rows
    for (auto const& side : sides) {
      auto first = context.store.read(sql::compile_neighbours(side.plan, context.store.dialect()));
      auto const neighbours = read_neighbours(side.plan, std::move(first), not_one, context);
      if (!neighbours) return neighbours.error();
      auto const& counted = neighbours->counted;
      context.take_memory(as_documents * counted.rows.bytes());
      auto linked = json::array();
      for (std::size_t row = 0; row < counted.rows.size(); ++row) {
        auto one = node_of_tree(counted.rows, row, counted.first_column);
        one["link_label"] = text_of(counted.rows.at(row, counted.first_column + link_label));
        one["link_type"] = text_of(counted.rows.at(row, counted.first_column + link_type));
        linked.push_back(std::move(one));
      }
      metadata[std::string(side.total)] = counted.total.value_or(0);
      metadata[std::string(side.sent)] = linked.size();
      main[std::string(side.name)] = std::move(linked);
    }
    return said({{"nodes", json::array({std::move(main)})}, {"metadata", json::array({std::move(metadata)})}}, type, 0);
  };
  return read_object(asked, *std::move(plan), entities, tell);
}

}  // namespace restapi::api
