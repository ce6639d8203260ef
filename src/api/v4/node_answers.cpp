// SPDX-License-Identifier: MIT
#include "api/v4/node_answers.hpp"

#include <algorithm>
#include <array>
#include <initializer_list>
#include <limits>
#include <nlohmann/json.hpp>
#include <string>
#include <utility>
#include <vector>

#include "api/lists.hpp"
#include "api/v4/full_type.hpp"
#include "api/v4/full_types.hpp"
#include "api/v4/node_fields.hpp"
#include "api/v4/object_reading.hpp"
#include "api/v4/vocabulary.hpp"
#include "exporters/bands_json.hpp"
#include "exporters/formats.hpp"
#include "exporters/formula.hpp"
#include "exporters/kpoints_description.hpp"
#include "exporters/kpoints_properties.hpp"
#include "exporters/node_class.hpp"
#include "exporters/structure.hpp"
#include "exporters/structure_properties.hpp"
#include "http/date.hpp"
#include "query/projected_fields.hpp"
#include "sql/compile.hpp"
#include "sql/entities_read.hpp"
#include "sql/node_contents.hpp"

namespace restapi::api::v4 {
namespace {

using nlohmann::json;
using Cell = std::optional<std::string_view>;

Answer said(json const& data, std::string_view resource_type, std::int64_t total) {
  Answer answer{Json{data.dump(-1, ' ', false, json::error_handler_t::replace)}, resource_type};
  answer.total = total;
  return answer;
}

json text_of(Cell cell) { return cell ? json(std::string(*cell)) : json(); }

json date_of(Cell cell) {
  std::string date;
  return cell && http::append_http_date(date, *cell) ? json(date) : text_of(cell);
}

json integer_of(store::Rows const& rows, std::size_t row, std::size_t column) {
  return rows.at(row, column) ? json(rows.integer_at(row, column)) : json();
}

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
      for (std::size_t row = 0; row < rows->size(); ++row) {
        auto const name = std::string(rows->at(row, 2).value_or("")) + " " + std::string(rows->at(row, 3).value_or(""));
        comments.push_back({{"created_time", date_of(rows->at(row, 0))},
                            {"modified_time", date_of(rows->at(row, 1))},
                            {"user", name},
                            {"message", text_of(rows->at(row, 4))}});
      }
    }
    return said({{"comments", comments}}, "nodes", 1);
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
      for (std::size_t row = 0; row < rows->size(); ++row)
        logs.push_back({{"time", date_of(rows->at(row, 0))},
                        {"loggername", text_of(rows->at(row, 1))},
                        {"levelname", text_of(rows->at(row, 2))},
                        {"dbnode_id", node.pk},
                        {"message", text_of(rows->at(row, 3))}});
    }
    return said({{"logs", logs}}, "processes", 1);
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
      auto const node = exported(row, context.files);
      auto written = derived->properties(node);
      if (!written) return std::move(written).error();
      properties = *std::move(written);
    }
    return Answer{Json{"{\"derived_properties\":" + properties + "}"}, "nodes"};
  };
  return read_object(*std::move(plan), {}, tell, dialect);
}

namespace {

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

std::int64_t limit_of(query::Clauses const& clauses, std::initializer_list<std::string_view> keys) {
  for (auto const key : keys)
    if (auto const* const reserved = clauses.find(key))
      return std::stoll(std::get<ast::Integer>(reserved->clause->literals.front().value).digits);
  return std::numeric_limits<std::int64_t>::max();
}

struct Side {
  query::NeighboursPlan plan;
  std::string_view name, total, sent;
};

Result<Side> side_of(Found const& found, query::Direction direction, std::int64_t limit,
                     query::Planner const& planner) {
  auto const& view = view_of_neighbours();
  auto plan = planner.neighbours(*found.view, found.id, direction, view, {}, std::nullopt);
  if (!plan) return std::move(plan).error();
  plan->list.projection =
      node_fields(plan->list.source, planner, {"ctime", "id", "label", "mtime", "node_type", "uuid", "description"});
  auto fields = plan->list.projection->fields;
  fields.push_back(
      {"attributes", {}, {}, {query::DocumentOperand{plan->list.source.bound->find_document("attributes")}}});
  for (auto const name : {"link_label", "link_type"})
    fields.push_back(*query::read_field(name, 0, plan->list.source, planner));
  plan->list.projection = std::make_shared<query::Projection const>(std::move(fields));
  plan->list.window = {limit, 0};
  return direction == query::Direction::inputs
             ? Side{*std::move(plan), "incoming", "total_no_of_incomings", "sent_no_of_incomings"}
             : Side{*std::move(plan), "outgoing", "total_no_of_outgoings", "sent_no_of_outgoings"};
}

}  // namespace

Result<std::unique_ptr<PendingRead>> plan_tree(Found const& found, query::Clauses const& clauses,
                                               query::Planner const& planner, sql::Dialect const& dialect) {
  auto plan = planner.object(*found.view, found.id, {});
  if (!plan) return std::move(plan).error();
  auto in = side_of(found, query::Direction::inputs, limit_of(clauses, {"in_limit", "tree_in_limit"}), planner);
  if (!in) return std::move(in).error();
  auto out = side_of(found, query::Direction::outputs, limit_of(clauses, {"out_limit", "tree_out_limit"}), planner);
  if (!out) return std::move(out).error();
  plan->projection = node_fields(plan->source, planner,
                                 {"ctime", "id", "label", "mtime", "node_type", "uuid", "description"}, {"attributes"});
  auto const entities = sql::entities_read(sql::compile_neighbours(in->plan, dialect));
  auto const tell = [sides = std::array{*std::move(in), *std::move(out)}](
                        ObjectRow const& node, ReadContext const& context) -> Result<Answer> {
    auto main = node_of_tree(node.rows, 0, node.first_column);
    json metadata;
    for (auto const& side : sides) {
      auto first = context.store.read(sql::compile_neighbours(side.plan, context.store.dialect()));
      auto const neighbours = read_neighbours(side.plan, std::move(first), not_one, context);
      if (!neighbours) return neighbours.error();
      auto const& counted = neighbours->counted;
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
    return said({{"nodes", json::array({std::move(main)})}, {"metadata", json::array({std::move(metadata)})}}, "nodes",
                0);
  };
  return read_object(*std::move(plan), entities, tell, dialect);
}

namespace {

/// What is made of the rows of one statement.
class ReadOfAll final : public PendingRead {
 public:
  using Make = Answer (*)(store::Rows const& rows);

  ReadOfAll(sql::Statement statement, Make make)
      : PendingRead(std::nullopt, sql::entities_read(statement)), statement_(std::move(statement)), make_(make) {}

  Result<Answer> read(std::optional<Result<store::Rows>>, ReadContext const& context) const override {
    auto const rows = context.store.read(statement_);
    if (!rows) return rows.error();
    return make_(*rows);
  }

 private:
  sql::Statement const statement_;
  Make const make_;
};

std::vector<CountedType> types_in(store::Rows const& rows) {
  std::vector<CountedType> types;
  for (std::size_t row = 0; row < rows.size(); ++row)
    types.push_back({std::string(rows.at(row, 0).value_or("")), std::string(rows.at(row, 1).value_or("")),
                     rows.integer_at(row, 2)});
  return types;
}

template <bool with_counts>
Answer types_answer(store::Rows const& rows) {
  Answer answer{Json{full_types_json(types_in(rows), with_counts)}, "nodes"};
  answer.total = 0;
  return answer;
}

json names_of(std::span<exporters::Format const> formats) {
  auto names = json::array();
  for (auto const& format : formats) names.push_back(format.name);
  return names;
}

/// As AiiDA 1 wrote types where the database has such types alone.
Answer formats_answer(store::Rows const& rows) {
  bool has_core = false, has_data = false;
  for (std::size_t row = 0; row < rows.size(); ++row) {
    auto const type = rows.at(row, 0).value_or("");
    has_core = has_core || type.starts_with("data.core.");
    has_data = has_data || type.starts_with("data.");
  }
  std::string const begin = has_data && !has_core ? "data." : "data.core.";
  json formats;
  for (auto const& row : exporters::download_formats())
    formats[begin + std::string(row.node_class) + ".|"] = names_of(row.formats);
  return said(formats, "nodes", 0);
}

/// AiiDA's data without formats: their namespaces.
constexpr std::string_view without_formats[] = {"base",    "bool",    "code",   "dict",       "enum",
                                                "float",   "folder",  "int",    "jsonable",   "list",
                                                "numeric", "orbital", "remote", "singlefile", "str"};

bool has_no_formats(std::string_view node_class) {
  auto const space = node_class.substr(0, node_class.find('.'));
  bool const is_deep = node_class.find('.') != node_class.rfind('.');
  bool const may_be_deep = space == "code" || space == "remote";
  return std::ranges::find(without_formats, space) != std::ranges::end(without_formats) && (!is_deep || may_be_deep);
}

}  // namespace

std::unique_ptr<PendingRead> read_full_types(model::BoundResource const& nodes, std::optional<std::int64_t> owner,
                                             bool with_counts, sql::Dialect const& dialect) {
  return std::make_unique<ReadOfAll>(sql::compile_types(nodes, owner, dialect),
                                     with_counts ? types_answer<true> : types_answer<false>);
}

std::unique_ptr<PendingRead> read_download_formats(model::BoundResource const& nodes, sql::Dialect const& dialect) {
  return std::make_unique<ReadOfAll>(sql::compile_types(nodes, std::nullopt, dialect), formats_answer);
}

Result<Answer> formats_of_type(std::string_view full_type) {
  auto const type = read_full_type(full_type);
  if (!type)
    return Error{Code::no_such_object, "The full type " + std::string(full_type.substr(0, 200)) + " is invalid."};
  auto const node_class = exporters::node_class(type->node.text);
  auto const formats = exporters::formats_of(node_class);
  bool const is_data = !type->node.is_beginning && type->process.text.empty();
  if (is_data && (!formats.empty() || (!node_class.empty() && has_no_formats(node_class))))
    return said({{std::string(full_type), names_of(formats)}}, "nodes", 0);
  if (std::ranges::count(type->process.text, ':') == 1) return said(json::object(), "nodes", 0);
  return Error{Code::export_not_possible, "The download formats for this node type are not available."};
}

}  // namespace restapi::api::v4
