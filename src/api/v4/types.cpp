// SPDX-License-Identifier: MIT
#include "api/v4/types.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "api/cell_json.hpp"
#include "api/v4/full_type.hpp"
#include "api/v4/full_types.hpp"
#include "exporters/formats.hpp"
#include "exporters/node_class.hpp"
#include "sql/entities_read.hpp"
#include "sql/node_contents.hpp"

namespace restapi::api::v4 {
namespace {

using nlohmann::json;

/// What is made of the rows of one statement.
class ReadOfAll final : public PendingRead {
 public:
  using Make = Answer (*)(store::Rows const& rows, AnswerLimits& limits);

  ReadOfAll(sql::Statement statement, Make make)
      : PendingRead(std::nullopt, sql::entities_read(statement)), statement_(std::move(statement)), make_(make) {}

  Result<Answer> read(std::optional<Result<store::Rows>>, ReadContext const& context) const override {
    auto const rows = context.store.read(statement_);
    if (!rows) return rows.error();
    AnswerLimits none;
    return make_(*rows, context.limits != nullptr ? *context.limits : none);
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
Answer types_answer(store::Rows const& rows, AnswerLimits& limits) {
  Answer answer{Json{full_types_json(types_in(rows), with_counts, limits)}, "nodes"};
  answer.total = 0;
  return answer;
}

json names_of(std::span<exporters::Format const> formats) {
  auto names = json::array();
  for (auto const& format : formats) names.push_back(format.name);
  return names;
}

/// As AiiDA 1 wrote types where the database has such types alone.
Answer formats_answer(store::Rows const& rows, AnswerLimits&) {
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
