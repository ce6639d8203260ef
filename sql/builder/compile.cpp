// SPDX-License-Identifier: MIT
#include "sql/builder/compile.hpp"

#include <algorithm>
#include <vector>

#include "query/builder/entities.hpp"
#include "sql/builder/conditions.hpp"
#include "sql/builder/names.hpp"
#include "sql/conjunction.hpp"

namespace restapi::sql::builder {
namespace {

using namespace query::builder;

// What a vertex shows of itself, beside its outputs, for what joins it (Join::near, Join::far).
Fragment ends_of(Kind kind) {
  switch (kind) {
    case Kind::node:
      return "n.id AS id, n.user_id AS user_id, n.dbcomputer_id AS dbcomputer_id";
    case Kind::group:
      return "g.id AS id, g.user_id AS user_id";
    case Kind::computer:
      return "c.id AS id";
    case Kind::user:
      return "u.id AS id";
    case Kind::link:
      return "l.id AS id";
    case Kind::member:
      return "m.id AS id";
    case Kind::walk:
      break;
  }
  return "w.depth AS id";
}

/// What is made of a value on its way from the table to the rows.
enum class Form { shown, ordered };

class Compiler {
 public:
  Compiler(BuilderPlan const& plan, Dialect const& dialect) : plan_(plan), dialect_(dialect) {}

  Statement compile(std::int64_t most_rows) {
    Statement statement("querybuilder", width());
    if (has_json()) statement.reads_document();
    add_walks(statement);
    statement.add(plan_.is_distinct ? Fragment("SELECT DISTINCT ") : Fragment("SELECT "));
    add_outputs(statement);
    statement.add(" FROM ");
    std::vector<std::size_t> all;
    for (std::size_t i = 0; i < plan_.path.size(); ++i) all.push_back(i);
    add_tables(statement, all, Whole::yes);
    add_outer_filters(statement);
    add_order(statement);
    statement.add(" LIMIT ");
    dialect_.bind(statement, model::Type::integer, std::min(plan_.limit.value_or(most_rows + 1), most_rows + 1));
    statement.add(" OFFSET ");
    dialect_.bind(statement, model::Type::integer, plan_.offset);
    return statement;
  }

 private:
  /// With outputs, orders and outer joins, or only what decides which rows there are.
  enum class Whole { yes, no };

  /// Calls `visit(part, name)` for each edge with columns and each vertex, in the order of the outputs.
  template <class Visit>
  void for_each_part(Visit const& visit) const {
    for (std::size_t i = 0; i < plan_.path.size(); ++i) {
      auto const& vertex = plan_.path[i];
      if (vertex.joined && vertex.joined->edge) visit(*vertex.joined->edge, edge_names[i]);
      visit(vertex.part, vertex_names[i]);
    }
  }

  std::size_t width() const {
    std::size_t width = plan_.is_distinct ? orders().size() : 0;
    for_each_part([&](Part const& part, Fragment) { width += part.outputs.size(); });
    return width;
  }

  bool has_json() const {
    bool has = false;
    for_each_part([&](Part const& part, Fragment) {
      has = has || std::ranges::any_of(part.outputs, [](auto const& output) { return !output.column.type; });
    });
    return has;
  }

  /// One row has no order.
  std::span<OrderTerm const> orders() const {
    return plan_.has_functions ? std::span<OrderTerm const>() : std::span<OrderTerm const>(plan_.order);
  }

  // ---- tables

  /// The vertices that lead to one, and it.
  std::vector<std::size_t> way_to(std::size_t vertex) const {
    std::vector<std::size_t> way{vertex};
    while (plan_.path[way.back()].joined) way.push_back(plan_.path[way.back()].joined->to);
    std::ranges::reverse(way);
    return way;
  }

  // Each table has its own name inside of a subquery, in which columns are what the model says they are; the databases
  // take these apart again.
  void add_tables(Statement& statement, std::vector<std::size_t> const& vertices, Whole whole) const {
    for (auto const i : vertices) {
      auto const& vertex = plan_.path[i];
      if (!vertex.joined) {
        add_vertex(statement, i, whole);
        continue;
      }
      auto const& joined = *vertex.joined;
      auto const& join = *joined.join;
      bool const is_outer = joined.is_outer && whole == Whole::yes;
      auto const join_word = [](bool outer) { return outer ? Fragment(" LEFT JOIN ") : Fragment(" JOIN "); };
      auto const near = vertex_names[joined.to], own = vertex_names[i], edge = edge_names[i];
      if (!joined.edge) {
        add_vertex(statement.add(join_word(is_outer)), i, whole);
        statement.add(" ON ").add(own).add(join.far).add(" = ").add(near).add(join.near);
        continue;
      }
      add_edge(statement.add(join_word(is_outer && join.keeps_edge)), i, whole);
      statement.add(" ON ").add(edge).add(".near_id = ").add(near).add(".id");
      add_vertex(statement.add(join_word(is_outer)), i, whole);
      statement.add(" ON ").add(own).add(".id = ").add(edge).add(".far_id");
    }
  }

  void add_vertex(Statement& statement, std::size_t i, Whole whole) const {
    auto const& vertex = plan_.path[i];
    auto const& entity = row_of(vertex.part.kind);
    statement.add("(SELECT ").add(ends_of(vertex.part.kind));
    if (whole == Whole::yes) add_values(statement, vertex.part, i, false);
    statement.add(" FROM ").add(entity.table);
    bool const is_outer = vertex.joined && vertex.joined->is_outer;
    add_own_filters(statement, vertex.part, is_outer && whole == Whole::yes);
    statement.add(") AS ").add(vertex_names[i]);
  }

  void add_edge(Statement& statement, std::size_t i, Whole whole) const {
    auto const& joined = *plan_.path[i].joined;
    auto const& edge = *joined.edge;
    statement.add("(SELECT ").add(joined.join->near).add(" AS near_id, ").add(joined.join->far).add(" AS far_id, ");
    statement.add(ends_of(edge.kind));
    if (whole == Whole::yes) add_values(statement, edge, i, true);
    statement.add(" FROM ");
    if (edge.kind == Kind::walk)
      add_walk_table(statement, i);
    else
      statement.add(row_of(edge.kind).table);
    add_own_filters(statement, edge, is_outer_edge(joined) && whole == Whole::yes);
    statement.add(") AS ").add(edge_names[i]);
  }

  static bool is_outer_edge(Joined const& joined) { return joined.is_outer && joined.join->keeps_edge; }

  void add_own_filters(Statement& statement, Part const& part, bool is_outer) const {
    if (part.filters.empty() || is_outer) return;
    add_filters(statement.add(" WHERE "), part.filters, dialect_);
  }

  // ---- what stands behind an outer join

  // All filters are asked of the row that comes out of the join, also where it is all NULLs.
  void add_outer_filters(Statement& statement) const {
    Conjunction where(statement);
    for (std::size_t i = 0; i < plan_.path.size(); ++i) {
      auto const& vertex = plan_.path[i];
      if (!vertex.joined || !vertex.joined->is_outer) continue;
      if (is_outer_edge(*vertex.joined)) add_outer_filter(where, *vertex.joined->edge, edge_names[i]);
      add_outer_filter(where, vertex.part, vertex_names[i]);
    }
  }

  void add_outer_filter(Conjunction& where, Part const& part, Fragment name) const {
    if (part.filters.empty()) return;
    auto const& entity = row_of(part.kind);
    auto& statement = where.next();
    add_filters(statement.add("(SELECT "), part.filters, dialect_);
    statement.add(" FROM (SELECT 1 AS one) AS one LEFT JOIN ").add(entity.table).add(" ON ").add(entity.id);
    statement.add(" = ").add(name).add(".id)");
  }

  // ---- walks

  // They begin at what can be at their near end at all: the row that the vertices before make.
  void add_walks(Statement& statement) const {
    bool first = true;
    for (std::size_t i = 0; i < plan_.path.size(); ++i) {
      auto const& joined = plan_.path[i].joined;
      if (!joined || !joined->edge || joined->edge->kind != Kind::walk) continue;
      statement.add(first ? Fragment("WITH RECURSIVE ") : Fragment(", "));
      add_walk(statement, i);
      first = false;
    }
    if (!first) statement.add(" ");
  }

  /// Which end of a walk grows, and along which end of the links.
  struct Growth {
    Fragment begin, next, link, grown;
  };

  static Growth growth_of(Join const& join) {
    if (join.near.text() == "w.ancestor_id")
      return {"CAST(s.id AS bigint), CAST(l.output_id AS bigint)", "w.ancestor_id, CAST(l.output_id AS bigint)",
              "l.input_id = w.descendant_id", "l.output_id"};
    return {"CAST(l.input_id AS bigint), CAST(s.id AS bigint)", "CAST(l.input_id AS bigint), w.descendant_id",
            "l.output_id = w.ancestor_id", "l.input_id"};
  }

  // AiiDA 0.x calls the same links createlink and inputlink.
  static constexpr Fragment is_followed = "l.type IN ('create', 'input_calc', 'createlink', 'inputlink')";

  void add_walk(Statement& statement, std::size_t i) const {
    auto const& joined = *plan_.path[i].joined;
    auto const growth = growth_of(*joined.join);
    bool const goes_down = joined.join->near.text() == "w.ancestor_id";
    statement.add(walk_names[i]).add("(ancestor_id, descendant_id, depth");
    statement.add(joined.has_path ? Fragment(", path) AS (SELECT ") : Fragment(") AS (SELECT "));
    statement.add(growth.begin).add(", 0");
    if (joined.has_path) statement.add(", CAST(s.id AS text) || ',' || CAST(").add(growth.grown).add(" AS text)");
    statement.add(" FROM (SELECT DISTINCT ").add(vertex_names[joined.to]).add(".id AS id FROM ");
    add_tables(statement, way_to(joined.to), Whole::no);
    statement.add(") AS s JOIN @db_dblink AS l ON ").add(goes_down ? Fragment("l.input_id") : Fragment("l.output_id"));
    statement.add(" = s.id WHERE ").add(is_followed).add(" UNION ALL SELECT ").add(growth.next).add(", w.depth + 1");
    if (joined.has_path) statement.add(", w.path || ',' || CAST(").add(growth.grown).add(" AS text)");
    statement.add(" FROM ").add(walk_names[i]).add(" AS w JOIN @db_dblink AS l ON ").add(growth.link).add(" WHERE ");
    statement.add(is_followed).add(" AND w.depth < ");
    dialect_.bind(statement, model::Type::integer, longest_walk);
    statement.add(")");
  }

  /// The path of a walk as a list of JSON.
  void add_walk_table(Statement& statement, std::size_t i) const {
    if (!plan_.path[i].joined->has_path) {
      statement.add(walk_names[i]).add(" AS w");
      return;
    }
    statement.add("(SELECT ancestor_id, descendant_id, depth, ").add(dialect_.begin_json());
    statement.add("'[' || path || ']'").add(dialect_.end_json()).add(" AS path FROM ").add(walk_names[i]);
    statement.add(") AS w");
  }

  // ---- values

  /// Inside of a subquery, each with a comma before it: the outputs of a part, and what rows are ordered by of it.
  void add_values(Statement& statement, Part const& part, std::size_t vertex, bool is_of_edge) const {
    for (std::size_t i = 0; i < part.outputs.size(); ++i) {
      auto const& output = part.outputs[i];
      // Casts of what is only shown are made behind the database, where they cannot fail (api/querybuilder).
      bool const is_cast = output.function != Function::none && output.cast && *output.cast != Cast::json;
      statement.add(", ");
      if (is_cast)
        dialect_.document_cast(statement, output.column.sql, output.column.path, *output.cast);
      else if (!output.column.type)
        add_json(statement, output.column);
      else if (output.function != Function::none)
        add_text(statement, {output.column.sql, *output.column.type});  // there is no greatest uuid, but a text
      else
        statement.add(output.column.sql);
      statement.add(" AS ").add(output_names[i]);
    }
    for (std::size_t i = 0; i < orders().size(); ++i) {
      auto const& term = plan_.order[i];
      if (term.vertex != vertex || term.is_of_edge != is_of_edge) continue;
      add_ordered(statement.add(", "), term);
      statement.add(" AS ").add(order_names[i]);
    }
  }

  void add_json(Statement& statement, Column const& column) const {
    static_assert(largest_json == 1'048'576);
    statement.add("substr(");
    dialect_.document_text(statement, column.sql, column.path);
    statement.add(", 1, 1048577)");
  }

  void add_ordered(Statement& statement, OrderTerm const& term) const {
    auto const& column = term.column;
    if (!column.type) {
      bool const is_text = *term.cast == Cast::text;
      if (is_text) statement.add("lower(substr(");
      dialect_.document_cast(statement, column.sql, column.path, *term.cast);
      if (is_text) statement.add(", 1, 1000)").add(dialect_.byte_order()).add(")");
    } else if (*column.type == model::Type::text) {
      dialect_.folded(statement, {column.sql, *column.type});
    } else {
      statement.add(column.sql);
    }
  }

  void add_outputs(Statement& statement) const {
    bool first = true;
    for_each_part([&](Part const& part, Fragment name) {
      for (std::size_t i = 0; i < part.outputs.size(); ++i) {
        if (!first) statement.add(", ");
        first = false;
        add_output(statement, part.outputs[i], name, output_names[i]);
      }
    });
    if (!plan_.is_distinct) return;
    for (std::size_t i = 0; i < orders().size(); ++i) {
      statement.add(", ").add(name_of(plan_.order[i])).add(".").add(order_names[i]);
    }
  }

  void add_output(Statement& statement, Output const& output, Fragment of, Fragment name) const {
    switch (output.function) {
      case Function::none:
        statement.add(of).add(".").add(name);
        return;
      case Function::count:
        statement.add("count(").add(of).add(".").add(name).add(")");
        return;
      case Function::max:
      case Function::min:
        break;
    }
    bool const is_number = !output.column.type && output.cast == Cast::real;
    bool const is_time = output.column.type == model::Type::datetime;
    bool const is_text =
        output.column.type == model::Type::text || output.column.type == model::Type::uuid || output.cast == Cast::text;
    auto const add_one = [&] {
      statement.add(output.function == Function::max ? Fragment("max(") : Fragment("min(")).add(of).add(".").add(name);
      if (is_text) statement.add(dialect_.byte_order());
      if (is_time) dialect_.instant(statement, "");
      statement.add(")");
    };
    if (!is_number) return add_one();
    statement.add("CASE WHEN ");
    add_one();
    statement.add(" IS NOT NULL THEN ").add(dialect_.begin_number());
    add_one();
    statement.add(dialect_.end_number()).add(" END");
  }

  Fragment name_of(OrderTerm const& term) const {
    return term.is_of_edge ? edge_names[term.vertex] : vertex_names[term.vertex];
  }

  // ---- order

  void add_order(Statement& statement) const {
    if (plan_.has_functions) return;
    bool first = true;
    auto const next = [&]() -> Statement& {
      statement.add(first ? Fragment(" ORDER BY ") : Fragment(", "));
      first = false;
      return statement;
    };
    for (std::size_t i = 0; i < orders().size(); ++i) {
      auto const& term = plan_.order[i];
      next().add(name_of(term)).add(".").add(order_names[i]);
      if (term.column.type == model::Type::datetime) dialect_.instant(statement, "");
      statement.add(term.descending ? Fragment(" DESC NULLS FIRST") : Fragment(" NULLS LAST"));
    }
    if (plan_.is_distinct) return;
    for (std::size_t i = 0; i < plan_.path.size(); ++i) {
      next().add(vertex_names[i]).add(".id");
      if (plan_.path[i].joined && plan_.path[i].joined->is_outer) statement.add(" NULLS LAST");
    }
    // Two links between the same nodes, and two walks.
    for (std::size_t i = 0; i < plan_.path.size(); ++i)
      if (plan_.path[i].joined && plan_.path[i].joined->edge) next().add(edge_names[i]).add(".id");
  }

  BuilderPlan const& plan_;
  Dialect const& dialect_;
};

}  // namespace

Statement compile_query(BuilderPlan const& plan, std::int64_t most_rows, Dialect const& dialect) {
  return Compiler(plan, dialect).compile(most_rows);
}

}  // namespace restapi::sql::builder
