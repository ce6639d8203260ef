// SPDX-License-Identifier: MIT
#include "query/view.hpp"

#include <algorithm>
#include <cassert>
#include <iterator>
#include <stdexcept>
#include <string>

#include "model/catalog.hpp"

namespace restapi::query {
namespace {

/// Tables of the program name what is in other tables of the program. Whoever has mistyped a name learns it from the
/// first test that runs.
template <class Found>
Found const* required(Found const* found, std::string_view name, std::string_view resource) {
  if (found) return found;
  throw std::logic_error("there is no " + std::string(name) + " in the model of " + std::string(resource));
}

Field bound(FieldRow const& row, model::Resource const& resource) {
  Field field{row, nullptr, false, &resource, 0, {}};
  auto column = row.column;
  if (constexpr std::string_view link = "link."; column.starts_with(link)) {
    field.is_of_link = true;
    field.resource = required(model::find_resource("links"), column, resource.name);
    column.remove_prefix(link.size());
  } else if (auto const dot = column.find('.'); dot != column.npos) {
    field.relation = required(model::find_relation(resource.name, column.substr(0, dot)), column, resource.name);
    field.resource = model::find_resource(field.relation->to);
    column.remove_prefix(dot + 1);
  }
  auto const* found = required(model::find_column(*field.resource, column), column, field.resource->name);
  field.index = static_cast<std::size_t>(found - field.resource->columns.data());
  field.type = found->type;
  assert(!found->is_private || row.use == Use::private_filter);
  assert(!field.relation || !is_shown(row));  // of many related rows, whose would be shown?
  return field;
}

}  // namespace

Shown shown_as(Field const& field, std::string name) {
  return {std::move(name), {}, field.type, {ColumnOperand{field.index}}};
}

View::View(ResourceRow const& row)
    : name(row.name),
      class_name(row.class_name),
      help(row.help),
      resource(required(model::find_resource(row.resource.empty() ? row.name : row.resource), row.name, row.name)) {
  for (auto const& field : row.fields) fields.push_back(bound(field, *resource));
  has_link = std::ranges::any_of(fields, &Field::is_of_link);
  std::vector<Shown> shown;
  for (auto const& field : fields)
    if (is_shown(field) && !field.is_of_link) shown.push_back(shown_as(field, std::string(field.name)));
  projection = std::make_shared<Projection const>(std::move(shown));
  if (row.facet.empty()) return;
  auto const& facet = *required(find(row.facet), row.facet, row.name);
  facets = std::make_shared<Projection const>(std::vector{shown_as(facet, std::string(facet.name))});
}

Field const* View::find(std::string_view field) const {
  auto const found = std::ranges::find(fields, field, &Field::name);
  return found == fields.end() ? nullptr : &*found;
}

}  // namespace restapi::query
