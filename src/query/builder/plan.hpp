// SPDX-License-Identifier: MIT
/// What a query that came as JSON will read: vertices of a graph of tables, how each joins an earlier one, and what is
/// asked and shown of them. Columns are known, values typed. Pure data; sql/builder/compile.hpp turns it into a
/// Statement, query/builder/read.hpp makes it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "query/builder/cast.hpp"
#include "query/builder/joins.hpp"
#include "query/plan.hpp"
#include "sql/fragment.hpp"

namespace restapi::query::builder {

/// A column of a vertex or of an edge, or what is at a path of a JSON column.
struct Column {
  sql::Fragment sql;                ///< in the alias of its table: "n.label"
  std::optional<model::Type> type;  ///< nothing: JSON
  Path path = {};                   ///< of JSON alone; empty: all of it
};

/// A test of a column: unknown where it is NULL, but for Presence.
struct ColumnFilter {
  Column column;
  Test test;
  bool is_printed = false;  ///< of an integer's or a date-time's text
};

/// A test of JSON: a value of another type does not fulfil it.
struct DocumentFilter {
  Column column;
  DocumentTest test;
  bool needs_value = false;  ///< where nothing is there: unknown; otherwise not fulfilled
};

struct Filter;
using Filters = std::vector<Filter>;

/// All of the parts, or one of them. None: all of them are fulfilled, and not one.
struct Junction {
  bool is_any = false;
  Filters parts;
};

struct Filter {
  std::variant<ColumnFilter, DocumentFilter, Junction> is;
  bool negated = false;  ///< of three values, as SQL's NOT
};

enum class Function { none, max, min, count };

/// A value of the answer.
struct Output {
  std::string key;  ///< in the answer
  Column column;
  std::optional<Cast> cast = {};  ///< of JSON
  Function function = Function::none;
};

/// A vertex, or an edge that has columns.
struct Part {
  std::string tag;
  Kind kind;
  Filters filters = {};
  std::vector<Output> outputs = {};
};

struct Joined {
  Join const* join;
  std::size_t to;         ///< which vertex, an earlier one
  bool is_outer = false;  ///< where there is nothing to join, the row stays, with NULLs
  std::optional<Part> edge = {};
  bool has_path = false;  ///< of a walk: somebody asks for the nodes that it passes
};

struct Vertex {
  Part part;
  std::optional<Joined> joined = {};  ///< of every vertex but the first
};

struct OrderTerm {
  std::size_t vertex;
  bool is_of_edge;
  Column column;
  std::optional<Cast> cast = {};
  bool descending = false;
};

/// At least one vertex, and one output in all.
struct BuilderPlan {
  std::vector<Vertex> path;
  std::vector<OrderTerm> order = {};
  std::optional<std::int64_t> limit = {};
  std::int64_t offset = 0;
  bool is_distinct = false;
  bool has_functions = false;  ///< then all outputs have one, and there is one row
};

// What one query may have.
inline constexpr std::size_t max_depth = 64;  ///< of lists and objects in the body
inline constexpr std::size_t max_vertices = 16;
inline constexpr std::size_t max_filters = 300;    ///< operators, `and`s and `or`s; SQLite's parser goes 1000 deep
inline constexpr std::size_t max_columns = 64;     ///< outputs and orders of one vertex or edge
inline constexpr std::size_t max_outputs = 500;    ///< in all; PostgreSQL has 1664 columns
inline constexpr std::size_t max_path_steps = 64;  ///< of one JSON path
inline constexpr std::size_t max_types = 100;      ///< in one entity_type
inline constexpr std::size_t max_documents = 200;  ///< lists or objects behind one `in`
inline constexpr std::size_t max_times = 200;      ///< date-times in lists; other values may be as many as the body has

}  // namespace restapi::query::builder
