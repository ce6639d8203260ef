// SPDX-License-Identifier: MIT
/// What is read of a row: columns, what is at paths of documents, how many links it has.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "grammar/ast.hpp"
#include "model/catalog.hpp"
#include "model/relation.hpp"

namespace restapi::query {

/// To a place in a JSON document. Digits without quotes are the index in an array, or the key of an object.
using Path = std::vector<ast::Step>;

/// A column of the row, of the one row that it is related to, or of the link that leads to it.
struct ColumnOperand {
  std::size_t column;                             ///< index into the columns of its resource
  model::BoundResource const* related = nullptr;  ///< null: of the row itself
};

/// What is at a path of a document, as JSON; an empty path: the document.
struct DocumentOperand {
  model::Document const* document;  ///< null: the database has none, so there is nothing
  Path path = {};
  bool is_bounded = true;  ///< what is longer than largest_value is an error; otherwise it is as long as it is
};

/// How many links begin and end at a node: {"inputs":2,"outputs":1}.
struct DegreeOperand {};

/// How many links lie between a node of a graph and the node that the graph is around; negative: against their
/// direction. Only in a GraphPlan.
struct LevelOperand {};

struct Operand {
  std::variant<ColumnOperand, DocumentOperand, DegreeOperand, LevelOperand> of;
  model::Relation const* through = nullptr;  ///< to the one row whose it is; null: the row itself
};

/// A value of each row that is shown.
struct Shown {
  std::string name;                 ///< "label", "attributes.energy"
  std::string json_name;            ///< what stands before the value: the same as JSON, with a colon behind it
  std::optional<model::Type> type;  ///< nothing: JSON
  Operand operand;
  std::string object = {};         ///< name of the object of the row that has the value; empty: the row itself
  std::string_view json_end = {};  ///< what stands behind the value: the end of that object, or nothing
};

/// Made once, then only read.
struct Projection {
  std::vector<Shown> fields;         ///< in the order of the statement's columns, and of tables
  std::vector<std::size_t> by_name;  ///< their order in objects

  /// `fields`: each name once, in each object. Makes what stands around the values.
  explicit Projection(std::vector<Shown> fields);
};

/// Characters of JSON that a value of a list may have; larger ones are read with their node.
inline constexpr std::size_t largest_value = std::size_t{128} << 10;

}  // namespace restapi::query
