// SPDX-License-Identifier: MIT
/// A resource as a version of the API shows it: which columns, under which names, in which order, and for what.
#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <string_view>
#include <vector>

#include "model/relation.hpp"
#include "model/resource.hpp"
#include "query/projection.hpp"

namespace restapi::query {

/// Who may do what with a field.
enum class Use {
  everywhere,      ///< shown, filtered, sorted
  on_request,      ///< the same, but shown only where it is asked for
  filter_only,     ///< only filtered
  shown_only,      ///< only shown
  private_filter,  ///< never leaves the server; filtered only where the operator of the server allows it
};

struct ForeignKey {
  std::string_view resource = {};  ///< empty: none
  std::string_view column = {};
};

/// A field as a table of a version writes it.
struct FieldRow {
  std::string_view name;  ///< the key of the language and of the answer
  /// The model's: "node_type"; of related rows: "node.process_state", some of which fulfils; of the link to a
  /// neighbour: "link.label".
  std::string_view column;
  Use use;
  std::string_view display_name;
  std::string_view help;
  ForeignKey foreign_key = {};
};

struct ResourceRow {
  std::string_view name;        ///< "nodes": in the path, in the envelope, and in the model
  std::string_view class_name;  ///< "Node": in messages
  std::string_view help;
  std::span<FieldRow const> fields;  ///< in the order of the answer
  std::string_view facet = {};       ///< the field whose values are counted where no others are asked for
  std::string_view resource = {};    ///< the model's name of it, where that is another one
};

/// A field with the column that it is.
struct Field : FieldRow {
  model::Relation const* relation;  ///< null: of the row itself; some related row's otherwise
  bool is_of_link;                  ///< of the link that leads to the row, a neighbour of a node
  model::Resource const* resource;  ///< whose column it is
  std::size_t index;                ///< of the column in it
  model::Type type;                 ///< of the column

  model::Column const& model() const { return resource->columns[index]; }
};

constexpr bool is_shown(FieldRow const& field) { return field.use == Use::everywhere || field.use == Use::shown_only; }
constexpr bool may_be_shown(FieldRow const& field) { return is_shown(field) || field.use == Use::on_request; }
constexpr bool is_sortable(FieldRow const& field) { return may_be_shown(field) && field.use != Use::shown_only; }

/// A column of the row itself.
Shown shown_as(Field const& field, std::string name);

struct View {
  /// Requires that the columns that the row names exist, and that private columns are private in the row, too.
  explicit View(ResourceRow const& row);

  std::string_view name, class_name, help;
  model::Resource const* resource;
  std::vector<Field> fields;
  bool has_link = false;                         ///< a row is a neighbour by one link, of which some fields are
  std::shared_ptr<Projection const> projection;  ///< what a row shows where nothing else is asked for; without its link
  std::shared_ptr<Projection const> facets;      ///< likewise: whose values are counted

  Field const* find(std::string_view field) const;  ///< or nullptr
};

}  // namespace restapi::query
