// SPDX-License-Identifier: MIT
#include <string>
#include <vector>

#include "base/json_text.hpp"
#include "sql/condition.hpp"
#include "sql/document_tests.hpp"
#include "sql/value_list.hpp"

namespace restapi::sql {

namespace {

/// ["cell",0,["-1"]]: a number is an index, or a key that is written so; it has no zeros in front, unless it stands in
/// a list.
std::string json_of(query::Path const& path) {
  std::string json = "[";
  for (auto const& step : path) {
    if (json.size() > 1) json += ',';
    if (is_index(step))
      json += step.text;
    else if (is_any_index(step))
      json += "[\"" + step.text + "\"]";
    else
      append_json_string(json, step.text);
  }
  return json + "]";
}

class Writer {
 public:
  Writer(Statement& statement, Fragment document, query::Path const& path, Dialect const& dialect)
      : statement_(statement), document_(document), path_(json_of(path)), dialect_(dialect) {}

  void operator()(query::NumberTest const& test) {
    write_at("'number'");
    if (test.kind == query::NumberTest::Kind::among) {
      std::vector<model::Value> keys;
      for (auto const& number : test.numbers) keys.emplace_back(sort_key(number));
      statement_.add(" IN (SELECT value FROM temp.json_each(").bind(json_array(keys)).add("))");
      return;
    }
    statement_.add(comparison_of(test.kind)).bind(sort_key(test.numbers.front()));
  }

  void operator()(query::TextTest const& test) {
    statement_.add("(SELECT ");
    add_text_test(statement_, "j.text", test.test, dialect_);
    statement_.add(" FROM (SELECT ");
    write_at("'string'");
    statement_.add(" AS text) AS j)");
  }

  void operator()(query::BooleanTest test) {
    write_at("'boolean'");
    statement_.add(" = ").bind(std::string(test.value ? "true" : "false"));
  }

  void operator()(query::Presence test) {
    statement_.add("coalesce(");
    write_at("'type'");
    statement_.add(", 'null')").add(test.is_there ? Fragment(" <> 'null'") : Fragment(" = 'null'"));
  }

  void operator()(query::HasKey const& test) {
    statement_.add("json_has_key(").add(document_).add(", ").bind(path_).add(", ").bind(test.key).add(")");
  }

  void operator()(query::HasElements const& test) {
    std::vector<model::Value> values;
    for (auto const& number : test.numbers) values.emplace_back("number " + sort_key(number));
    for (auto const& text : test.texts) values.emplace_back("string " + text);
    for (bool const value : test.booleans) values.emplace_back(std::string(value ? "boolean true" : "boolean false"));
    statement_.add("json_has_elements(").add(document_).add(", ").bind(path_).add(", ");
    statement_.bind(json_array(values)).add(")");
  }

  void operator()(query::HasLength test) {
    write_at("'length'");
    statement_.add(" BETWEEN ").bind(test.least).add(" AND ").bind(test.most);
  }

  void operator()(query::OfType const& test) {
    write_at("'type'");
    statement_.add(" = ").bind(test.type);
  }

  void operator()(query::Exists) {
    write_at("'type'");
    statement_.add(" IS NOT NULL");
  }

  void operator()(query::SameJson const& test) { write_compared("json_equals(", test.json); }
  void operator()(query::ContainsJson const& test) { write_compared("json_contains(", test.json); }

 private:
  void write_compared(Fragment function, std::string const& json) {
    statement_.add(function).add(document_).add(", ").bind(path_).add(", ").bind(json).add(")");
  }

  void write_at(Fragment what) {
    statement_.add("json_at(").add(document_).add(", ").bind(path_).add(", ").add(what).add(")");
  }

  Statement& statement_;
  Fragment document_;
  std::string const path_;
  Dialect const& dialect_;
};

}  // namespace

void add_sqlite_document_test(Statement& statement, Fragment document, query::Path const& path,
                              query::DocumentTest const& test, Dialect const& dialect) {
  statement.add("(");
  std::visit(Writer(statement, document, path, dialect), test);
  statement.add(")");
}

void add_sqlite_document_value(Statement& statement, Fragment document, query::Path const& path, Fragment what) {
  statement.add("json_at(").add(document).add(", ").bind(json_of(path)).add(", ").add(what).add(")");
}

void add_sqlite_document_cast(Statement& statement, Fragment document, query::Path const& path,
                              query::builder::Cast cast) {
  statement.add("json_cast(").add(document).add(", ").bind(json_of(path)).add(", ");
  statement.bind(std::string(1, query::builder::row_of(cast).letter)).add(")");
}

}  // namespace restapi::sql
