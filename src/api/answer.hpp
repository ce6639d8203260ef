// SPDX-License-Identifier: MIT
/// What an answer says, as data: read by a version of the API, and written down in some format afterwards.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include "query/builder/plan.hpp"
#include "query/plan.hpp"
#include "query/view.hpp"
#include "repository/object.hpp"
#include "store/rows.hpp"

namespace restapi::api {

/// Objects: the fields of a projection, in its order.
struct Objects {
  std::string_view name;  ///< "nodes", "inputs"
  std::shared_ptr<query::Projection const> projection;
  store::Rows rows;
  std::size_t first_column = 0;  ///< of the rows; those before it are not shown
};

/// Nodes and the links between them: rows as sql::compile_graph() reads them.
struct Graph {
  std::shared_ptr<query::Projection const> projection;  ///< of nodes
  store::Rows rows;
  std::string next;  ///< the position behind the last node; empty: there are no more
};

/// Members of a JSON object that is stored with a node.
struct Document {
  std::string_view name;  ///< "attributes"
  store::Rows row;        ///< one
  std::size_t column;     ///< the cell with its text
  query::Members members;
};

/// Numbers of nodes: rows of type, day, number.
struct Statistics {
  store::Rows rows;
};

/// How often values occur: rows as sql::compile_facets() reads them.
struct Facets {
  std::shared_ptr<query::Projection const> keys;
  store::Rows rows;
};

/// Vertices and edges of a graph of tables: rows as sql::builder::compile_query() reads them.
struct GraphRows {
  std::shared_ptr<query::builder::BuilderPlan const> plan;
  store::Rows rows;
};

/// What is known without the database, of the server or of a resource: one JSON value without white space.
struct Json {
  std::string text;
};

/// A file, for whoever keeps it. The answer is its bytes, with nothing around them (api/file_reply.hpp).
struct File {
  std::string name;                            ///< under which it is kept
  std::shared_ptr<repository::Object> object;  ///< at its beginning; null: it has been made, and is the text
  std::string text = {};
  std::string hash = {};  ///< of the content; empty: it is not known
};

/// The description of the version of the API for programs. The answer is it, with nothing around it.
struct Description {};

/// What a person reads in a browser: HTML, made of other answers. The answer is it, with nothing around it.
struct Page {
  std::string html;
  std::string location = {};  ///< where to go instead, as in Location; empty: nowhere
};

using Content = std::variant<Objects, Graph, Document, Statistics, Facets, GraphRows, Json, File, Description, Page>;

/// The content, and the facts around it. Views are of literals, or of what lives as long as the program.
struct Answer {
  Content content;
  std::string_view resource_type;         ///< "nodes"
  std::optional<std::int64_t> pk = {};    ///< of the object that the path names
  std::optional<std::int64_t> total = 1;  ///< how many objects there are in all; nothing: they are not counted
  std::optional<std::chrono::steady_clock::duration> total_age = {};  ///< there were so many so long ago
  std::string link = {};                                              ///< to other pages (RFC 8288); empty: none
  std::string hint = {};  ///< what was probably meant, where nothing was found: one line of ASCII
  bool is_total_estimated = false;
  int status = 200;  ///< of HTTP
};

}  // namespace restapi::api
