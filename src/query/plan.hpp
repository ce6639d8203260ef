// SPDX-License-Identifier: MIT
/// What will be read, in terms that leave nothing to interpret: known columns, typed values, half-open intervals.
/// Pure data; sql/compile.hpp turns it into a Statement.
#pragma once

#include <cstdint>
#include <limits>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "grammar/ast.hpp"
#include "model/catalog.hpp"
#include "model/relation.hpp"
#include "model/value.hpp"
#include "query/json_number.hpp"
#include "query/order.hpp"
#include "query/pattern.hpp"
#include "query/projection.hpp"
#include "query/view.hpp"

namespace restapi::query {

/// The column equals one of the values. At least one value, all of the column's type, in order, each once.
struct Membership {
  std::vector<model::Value> values;
};

/// from ≤ column < to; a missing end is open.
struct Interval {
  std::optional<model::Value> from = {};
  std::optional<model::Value> to = {};
};

/// The column lies in one of the intervals; none: no row does. Integers, date-times, and strings, which are compared
/// with ASCII letters folded to lower case (the values are folded already). If there are several, they are intervals of
/// date-times, in order; each has a beginning, and they do not touch.
struct InIntervals {
  std::vector<Interval> intervals;
};

/// The column matches the pattern.
struct Match {
  Pattern pattern;
};

/// The column has a value, or has none.
struct Presence {
  bool is_there;
};

using Test = std::variant<Membership, InIntervals, Match, Presence>;

/// Of a column of the row.
struct Condition {
  model::BoundResource const* bound;
  std::size_t column;    ///< index into bound->columns
  bool negated = false;  ///< then a missing value fulfils it, otherwise never
  Test test;
};

/// The number there equals one of these, or (with one) lies on that side of it.
struct NumberTest {
  enum class Kind { among, less, less_equal, greater, greater_equal } kind = Kind::among;
  std::vector<JsonNumber> numbers = {};
};

/// The text there fulfils it, as a column would.
struct TextTest {
  Test test;
};

struct BooleanTest {
  bool value;
};

/// There is an object with the key.
struct HasKey {
  std::string key;
};

/// There is an array that has an element like each of these.
struct HasElements {
  std::vector<JsonNumber> numbers = {};
  std::vector<std::string> texts = {};
  std::vector<bool> booleans = {};
};

/// There is an array of so many elements.
struct HasLength {
  std::int64_t least = 0, most = std::numeric_limits<std::int64_t>::max();
};

/// As JSON calls it: "object", "null".
struct OfType {
  std::string type;
};

/// There is something, if only null.
struct Exists {};

/// What is there has the value of this JSON: numbers by value, keys in any order.
struct SameJson {
  std::string json;
};

/// What is there contains this JSON, as `@>` of jsonb: an array has an element like each of its elements, an object has
/// its keys, with values that contain its values.
struct ContainsJson {
  std::string json;
};

using DocumentTest = std::variant<NumberTest, TextTest, BooleanTest, Presence, HasKey, HasElements, HasLength, OfType,
                                  Exists, SameJson, ContainsJson>;

/// Of what is at a path of a document of the row. A value of another type fulfils no test.
struct DocumentCondition {
  model::Document const* document;
  Path path;                      ///< at least one step
  bool negated = false;           ///< then whatever does not fulfil it, or is missing
  std::vector<DocumentTest> any;  ///< at least one, one of which is fulfilled
};

struct Predicate;
/// What a row fulfils: all of them.
using Predicates = std::vector<Predicate>;

/// Some row that is related to the row fulfils all of these.
struct Related {
  model::Relation const* relation;
  Predicates predicates;
  bool is_shared = false;  ///< what else is asked of the relation here is asked of the same row
};

/// One of the alternatives is fulfilled, or (negated) none is.
struct Alternatives {
  bool negated = false;
  std::vector<Predicates> all;  ///< at least one, none empty
};

struct Predicate {
  std::variant<Condition, DocumentCondition, Related, Alternatives> is;
};

struct Window {
  std::int64_t limit = 0;
  std::int64_t offset = 0;
};

/// One numbered page of a list.
struct Page {
  std::int64_t number;
  std::int64_t rows;  ///< rows a page
};

/// The object that the path names.
struct ObjectId {
  std::string text;                     ///< as written
  std::optional<std::int64_t> pk = {};  ///< it is named by it
  std::string first_uuid, last_uuid;    ///< or the uuids with that start lie between these, ends included
};

/// Which members of a JSON object are wanted.
struct Members {
  enum class Choice { all, only, except } choice = Choice::all;
  std::vector<std::string> names = {};
};

/// Where rows come from. The view lives as long as the vocabulary, the bound resource as long as the catalog.
struct Source {
  View const* view;
  model::BoundResource const* bound;  ///< of the same resource
};

/// Whether and how the rows without the window are counted.
enum class Total {
  exact,
  none,       ///< not at all
  estimated,  ///< as the planner of the database does, where it has one
};

/// What a client writes for each.
struct TotalRow {
  std::string_view word;
  Total total;
};

inline constexpr TotalRow total_words[] = {
    {"exact", Total::exact}, {"none", Total::none}, {"estimated", Total::estimated}};

/// The rows of a list.
struct ListPlan {
  Source source;
  std::shared_ptr<Projection const> projection;  ///< what is shown of them
  Predicates predicates = {};
  std::vector<SortKey> order = {};  ///< the id follows always
  Window window = {};
  std::optional<Page> page = {};  ///< then window is that page's
  /// Only rows behind it: as many values as the order has terms. The total counts the others as well.
  /// None: from the first row on.
  std::optional<Position> after = {};
  std::uint64_t mark = 0;  ///< of such positions (query/position.hpp)
  Total total = Total::exact;

  /// One row more than the window has is read: whether there are more cannot be told otherwise.
  bool reads_one_more() const {
    return (after || total != Total::exact) && window.limit < std::numeric_limits<std::int64_t>::max();
  }
};

/// One object.
struct ObjectPlan {
  Source source;
  std::shared_ptr<Projection const> projection;
  ObjectId object;
};

enum class Direction {
  inputs,   ///< what a node was made from
  outputs,  ///< what was made from it
};

/// The neighbours of a node: each once, or, where the view of the list has the link (View::has_link), once for each
/// link.
struct NeighboursPlan {
  ObjectPlan of;
  Direction direction;
  ListPlan list;  ///< of nodes
};

/// The nodes around a node, level by level, and the links between them. Nodes that do not fulfil the predicates of the
/// list are not passed through.
struct GraphPlan {
  ObjectPlan of;
  std::optional<Direction> direction = {};  ///< nothing: both
  std::int64_t levels = 0;
  model::BoundResource const* links;
  bool has_pages = true;  ///< the nodes behind the window can be asked for
  /// Of nodes. A window from the beginning, or behind a position: the level, from -max_levels to max_levels, and the id
  /// of a node.
  ListPlan list;
};

/// What a client writes for a direction.
struct DirectionRow {
  std::string_view word;
  std::optional<Direction> direction;
};

inline constexpr DirectionRow direction_words[] = {
    {"both", std::nullopt}, {"inputs", Direction::inputs}, {"outputs", Direction::outputs}};

inline constexpr std::int64_t max_levels = 20;  ///< of a graph

/// The JSON documents that are stored with a node.
enum class DocumentKind { attributes, extras };

struct DocumentPlan {
  ObjectPlan of;
  DocumentKind kind;
  Members members = {};
};

/// How many nodes there are of which type, from which day.
struct StatisticsPlan {
  model::BoundResource const* nodes;
  std::optional<std::int64_t> owner = {};  ///< only nodes of this user
};

inline constexpr std::size_t max_facets = 16;  ///< in one answer

/// How often which value occurs in the rows of a list: of each key on its own.
struct FacetsPlan {
  Source source;
  std::shared_ptr<Projection const> keys;
  Predicates predicates = {};
};

using ReadPlan =
    std::variant<ListPlan, NeighboursPlan, GraphPlan, ObjectPlan, DocumentPlan, StatisticsPlan, FacetsPlan>;

}  // namespace restapi::query
