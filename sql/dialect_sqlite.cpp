// SPDX-License-Identifier: MIT
#include "sql/dialect.hpp"
#include "sql/document_tests.hpp"
#include "sql/timestamp.hpp"
#include "sql/value_list.hpp"

namespace restapi::sql {
namespace {

class Sqlite final : public Dialect {
 public:
  void bind(Statement& statement, model::Type, model::Value value) const override { statement.bind(std::move(value)); }

  // In the file there may be a table of this name, but nothing is ever made in temp. The values have no type of their
  // own, so they compare as bound ones do.
  void is_among(Statement& statement, Operand operand, std::span<model::Value const> values) const override {
    statement.add(operand.column).add(" IN (SELECT value FROM temp.json_each(").bind(json_array(values)).add("))");
  }

  void document_test(Statement& statement, Fragment document, query::Path const& path,
                     query::DocumentTest const& test) const override {
    add_sqlite_document_test(statement, document, path, test, *this);
  }

  void document_text(Statement& statement, Fragment document, query::Path const& path) const override {
    if (path.empty())
      statement.add(document);
    else
      add_sqlite_document_value(statement, document, path, "'json'");
  }

  void document_cast(Statement& statement, Fragment document, query::Path const& path,
                     query::builder::Cast cast) const override {
    add_sqlite_document_cast(statement, document, path, cast);
  }

  Fragment begin_number() const override { return "printf('%!.17g', "; }

  // Others than AiiDA may have written more than the fraction, or none.
  void printed(Statement& statement, Operand operand) const override {
    if (operand.type == model::Type::datetime)
      statement.add("substr(").add(operand.column).add(", 1, 26)");
    else
      statement.add("CAST(").add(operand.column).add(" AS text)");
  }

  void document_rank(Statement& statement, Fragment document, query::Path const& path) const override {
    statement.add("(CASE ");
    add_sqlite_document_value(statement, document, path, "'type'");
    statement.add(
        " WHEN 'number' THEN 0 WHEN 'string' THEN 1 WHEN 'boolean' THEN 2 WHEN 'array' THEN 2 WHEN 'object' THEN 2 "
        "END)");
  }

  // A text in which numbers compare as numbers (query::sort_key).
  void document_number(Statement& statement, Fragment document, query::Path const& path) const override {
    add_sqlite_document_value(statement, document, path, "'number'");
  }

  void document_string(Statement& statement, Fragment document, query::Path const& path) const override {
    add_sqlite_document_value(statement.add("lower(substr("), document, path, "'string'");
    statement.add(", 1, 1000))");
  }

  void bind_number(Statement& statement, std::string number) const override { statement.bind(std::move(number)); }

  // The digits of nothing are the empty text: with something before it, only NULL has none.
  void begin_key(Statement& statement) const override { statement.add("nullif(hex('-' || "); }
  void end_key(Statement& statement) const override { statement.add("), '')"); }

  void bind_text_of(Statement& statement, model::Type type, std::string text) const override {
    if (type == model::Type::boolean)
      statement.bind(text == "1");
    else
      statement.bind(std::move(text));
  }

  // SQLite's lower() folds ASCII only, and text compares by bytes.
  void folded(Statement& statement, Operand operand) const override {
    statement.add("lower(");
    add_text(statement, operand);
    statement.add(")");
  }

  // A collation of ours (store/sqlite/functions.hpp): times are texts, which other tools than AiiDA write in their
  // ways.
  void instant(Statement& statement, Fragment column) const override { statement.add(column).add(" COLLATE instant"); }

  // A function of ours. LIKE takes long for texts that nearly match everywhere, and does not look at the clock.
  void match(Statement& statement, Operand operand, query::Pattern const& pattern) const override {
    statement.add(pattern.has_exactly() ? Fragment("sql_pattern_matches(") : Fragment("pattern_matches("));
    if (pattern.fold)
      folded(statement, operand);
    else
      add_text(statement, operand);
    statement.add(", ").bind(query::write_pattern(pattern)).add(")");
  }

  void byte_range(Statement& statement, Fragment column, std::string const& first,
                  std::string const& after) const override {
    statement.add(column).add(" >= ").bind(first).add(" AND ").add(column).add(" < ").bind(after);
  }

  // A text is as long as it is stored, and SQLite has its own limit.
  void begin_document(Statement& statement, Fragment id, Fragment column) const override {
    statement.add("SELECT ").add(id).add(", ").add(column);
  }
  void end_document(Statement& /*statement*/) const override {}

  void day(Statement& statement, Fragment column) const override {
    statement.add("substr(").add(column).add(", 1, 10)");
  }

  void bytes(Statement& statement, Fragment column) const override {
    statement.add("length(CAST(").add(column).add(" AS blob))");
  }

  // Any text may be kept as JSON: what can be mended is (store/sqlite/functions.hpp).
  void member(Statement& statement, Fragment document, Fragment key) const override {
    statement.add("substr(CASE WHEN json_valid(").add(document).add(") THEN ").add(document).add(" ELSE mended_json(");
    statement.add(document).add(") END ->> ").add(key).add(", 1, 10000)");
  }

  Wire wire(model::Value const& value) const override {
    if (auto const* integer = std::get_if<std::int64_t>(&value)) return *integer;
    if (auto const* boolean = std::get_if<bool>(&value)) return std::int64_t{*boolean};
    if (auto const* time = std::get_if<model::DateTime>(&value)) return to_timestamp(*time);
    return std::get<std::string>(value);
  }

  // Changes when another connection has committed; to be compared on one connection only (sqlite.org/pragma.html).
  Statement version() const override {
    Statement statement("version", 1);
    statement.add("PRAGMA data_version");
    return statement;
  }

  // Tables proper: a view or a virtual table (which has no page) in the place of one is not AiiDA's, and connections do
  // not read it (store/sqlite/defences.hpp). Computed columns are not among those of table_info. A column's collation
  // decides which texts are equal, its declared type whether numbers compare as texts, and texts compare by the bytes
  // in which the file keeps them: a table where that is not as in AiiDA's own would give other answers. collation_of is
  // a function of ours (store/sqlite/functions.hpp).
  Statement columns(std::string) const override {
    Statement statement("columns", 2);
    statement.add(
        "SELECT name, max(why) OVER (PARTITION BY owner) FROM (SELECT m.name AS owner, m.name || '.' || c.name AS "
        "name, "
        "CASE WHEN e.encoding <> 'UTF-8' THEN 'its texts are kept in ' || e.encoding || ', which puts them in another "
        "order' "
        "WHEN collation_of(m.name, c.name) <> 'BINARY' COLLATE NOCASE "
        "THEN 'its column ' || c.name || ' compares texts by the collation ' || collation_of(m.name, c.name) "
        "WHEN c.name IN ('id', 'user_id', 'dbcomputer_id', 'input_id', 'output_id') AND c.type NOT LIKE '%INT%' "
        "AND (c.type LIKE '%CHAR%' OR c.type LIKE '%CLOB%' OR c.type LIKE '%TEXT%') "
        "THEN 'its column ' || c.name || ' would compare numbers as texts' END AS why "
        "FROM sqlite_master AS m JOIN pragma_table_info(m.name) AS c JOIN pragma_encoding AS e "
        "WHERE m.type = 'table' AND m.rootpage > 0 AND m.name LIKE 'db\\_db%' ESCAPE '\\') "
        "UNION ALL SELECT 'json_valid.text', NULL");
    return statement;
  }
};

}  // namespace

Dialect const& sqlite() {
  static Sqlite const dialect;
  return dialect;
}

}  // namespace restapi::sql
