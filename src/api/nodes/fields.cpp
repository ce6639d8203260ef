// SPDX-License-Identifier: MIT
#include "api/nodes/fields.hpp"

#include <string>
#include <utility>
#include <vector>

namespace restapi::api {
namespace {

constexpr std::string_view link = "link.";

query::Shown column_of(std::string_view resource, std::string_view column, model::BoundResource const* related,
                       std::string_view name) {
  auto const& of = *model::find_resource(resource);
  auto const* const found = model::find_column(of, column);
  return {std::string(name),
          {},
          found->type,
          {query::ColumnOperand{static_cast<std::size_t>(found - of.columns.data()), related}}};
}

}  // namespace

query::Shown node_field(std::string_view column, model::Catalog const& catalog) {
  return column.starts_with(link) ? column_of("links", column.substr(link.size()), catalog.find("links"), column)
                                  : column_of("nodes", column, nullptr, column);
}

std::shared_ptr<query::Projection const> node_fields(query::Source const& source, model::Catalog const& catalog,
                                                     std::initializer_list<std::string_view> columns,
                                                     std::initializer_list<std::string_view> documents) {
  std::vector<query::Shown> fields;
  for (auto const column : columns) fields.push_back(node_field(column, catalog));
  for (auto const name : documents)
    fields.push_back(
        {std::string(name), {}, {}, {query::DocumentOperand{source.bound->find_any_document(name), {}, false}}});
  return std::make_shared<query::Projection const>(std::move(fields));
}

query::View const& view_of_links() {
  static constexpr query::FieldRow fields[] = {{"link_label", "link.label", query::Use::everywhere, "", ""}};
  static query::View const view(
      {.name = "links", .class_name = "Node", .help = "", .fields = fields, .resource = "nodes"});
  return view;
}

}  // namespace restapi::api
