// SPDX-License-Identifier: MIT
#include <algorithm>
#include <string>
#include <vector>

#include "base/json_text.hpp"
#include "sql/condition.hpp"
#include "sql/document_tests.hpp"
#include "sql/value_list.hpp"

namespace restapi::sql {
namespace {

std::string quoted(std::string_view text) {
  std::string json;
  append_json_string(json, text);
  return json;
}

class Writer {
 public:
  Writer(Statement& statement, Fragment document, query::Path const& path, Dialect const& dialect)
      : statement_(statement), document_(document), path_(path), dialect_(dialect) {}

  // jsonb compares numbers as numeric, and puts all of them between other types.
  void operator()(query::NumberTest const& test) {
    if (test.kind == query::NumberTest::Kind::among) {
      std::vector<std::string> texts;
      for (auto const& number : test.numbers) texts.push_back(text_of(number));
      return write_equals(texts);
    }
    statement_.add("(jsonb_typeof(");
    write_value();
    statement_.add(") = 'number' AND ");
    write_value();
    statement_.add(comparison_of(test.kind)).add("CAST(").bind(text_of(test.numbers.front())).add(" AS jsonb))");
  }

  void operator()(query::TextTest const& test) {
    if (auto const* const texts = std::get_if<query::Membership>(&test.test); texts && texts->values.size() == 1)
      if (write_containment(quoted(std::get<std::string>(texts->values.front())))) statement_.add(" AND ");
    statement_.add("(SELECT ");
    add_text_test(statement_, "j.text", test.test, dialect_);
    statement_.add(" FROM (SELECT CASE WHEN jsonb_typeof(");
    write_value();
    statement_.add(") = 'string' THEN ");
    write_value();
    statement_.add(" #>> CAST('{}' AS text[]) END AS text) AS j)");
  }

  void operator()(query::BooleanTest test) { write_equals({test.value ? "true" : "false"}); }

  void operator()(query::Presence test) {
    statement_.add("coalesce(");
    write_value();
    statement_.add(", CAST('null' AS jsonb))").add(test.is_there ? Fragment(" <> ") : Fragment(" = "));
    statement_.add("CAST('null' AS jsonb)");
  }

  void operator()(query::HasKey const& test) {
    if (!dialect_.is_usual(test.key)) {
      statement_.add("EXISTS (SELECT 1 FROM (SELECT ");
      write_value();
      statement_.add(" AS v) AS d CROSS JOIN LATERAL jsonb_object_keys(").add(object).add(") AS k (text) WHERE ");
      add_text_test(statement_, "k.text", equals(test.key), dialect_);
      statement_.add(")");
      return;
    }
    statement_.add("(jsonb_typeof(");
    write_value();
    statement_.add(") = 'object' AND jsonb_exists(");
    write_value();
    statement_.add(", CAST(").bind(test.key).add(" AS text)))");
  }

  void operator()(query::HasElements const& test) {
    std::string json = "[";
    auto const next = [&json]() -> std::string& { return json.size() > 1 ? json += ',' : json; };
    for (auto const& number : test.numbers) next() += text_of(number);
    for (bool const value : test.booleans) next() += value ? "true" : "false";
    for (auto const& text : test.texts)
      if (dialect_.is_usual(text)) next() += quoted(text);
    json += ']';
    if (write_containment(json)) statement_.add(" AND ");
    statement_.add("(jsonb_typeof(");
    write_value();
    statement_.add(") = 'array' AND ");
    write_value();
    statement_.add(" @> CAST(").bind(json).add(" AS jsonb)");
    for (auto const& text : test.texts)
      if (!dialect_.is_usual(text)) write_has_element(text);
    statement_.add(")");
  }

  void operator()(query::HasLength test) {
    statement_.add("CASE WHEN jsonb_typeof(");
    write_value();
    statement_.add(") = 'array' THEN jsonb_array_length(");
    write_value();
    statement_.add(") BETWEEN CAST(")
        .bind(test.least)
        .add(" AS bigint) AND CAST(")
        .bind(test.most)
        .add(" AS bigint) END");
  }

  void operator()(query::OfType const& test) {
    statement_.add("jsonb_typeof(");
    write_value();
    statement_.add(") = CAST(").bind(test.type).add(" AS text)");
  }

  void operator()(query::Exists) {
    write_value();
    statement_.add(" IS NOT NULL");
  }

  void operator()(query::SameJson const& test) { write_compared(" = ", test.json); }
  void operator()(query::ContainsJson const& test) { write_compared(" @> ", test.json); }

  /// #> takes a text for an index or a key, whichever there is; -> takes keys alone.
  void write_value() {
    statement_.add("(");
    for (auto const& step : path_)
      if (!dialect_.is_usual(step.text)) statement_.add("(SELECT e.value FROM (SELECT (");
    statement_.add(document_);
    for (auto step = path_.begin(); step != path_.end();) {
      if (!dialect_.is_usual(step->text)) {
        statement_.add(") AS v) AS d CROSS JOIN LATERAL jsonb_each(").add(object).add(") AS e (text, value) WHERE ");
        add_text_test(statement_, "e.text", equals(step++->text), dialect_);
        statement_.add(" LIMIT 1)");
      } else if (is_key_alone(*step)) {
        statement_.add(" -> CAST(").bind(step++->text).add(" AS text)");
      } else {
        std::vector<model::Value> steps;
        for (; step != path_.end() && !is_key_alone(*step) && dialect_.is_usual(step->text); ++step)
          steps.emplace_back(step->text);
        statement_.add(" #> CAST(").bind(array_literal(steps)).add(" AS text[])");
      }
    }
    statement_.add(")");
  }

 private:
  static constexpr Fragment object = "CASE WHEN jsonb_typeof(d.v) = 'object' THEN d.v ELSE CAST('{}' AS jsonb) END";

  /// What the server has no characters for is in none of its documents, and would be refused.
  void write_compared(Fragment comparison, std::string const& json) {
    if (!dialect_.is_usual(json)) {
      statement_.add("1 = 0");
      return;
    }
    write_value();
    statement_.add(comparison).add("CAST(").bind(json).add(" AS jsonb)");
  }

  static query::Test equals(std::string text) { return query::Membership{{std::move(text)}}; }

  void write_has_element(std::string const& text) {
    statement_.add(" AND EXISTS (SELECT 1 FROM (SELECT ");
    write_value();
    statement_.add(
        " AS v) AS d CROSS JOIN LATERAL jsonb_array_elements(CASE WHEN jsonb_typeof(d.v) = 'array' THEN d.v ELSE "
        "CAST('[]' AS jsonb) END) AS e (value) CROSS JOIN LATERAL (SELECT CASE WHEN jsonb_typeof(e.value) = 'string' "
        "THEN e.value #>> CAST('{}' AS text[]) END AS text) AS t WHERE ");
    add_text_test(statement_, "t.text", equals(text), dialect_);
    statement_.add(")");
  }

  /// What #> could read as a number, also a negative one, which counts from the end.
  static bool is_key_alone(ast::Step const& step) {
    return !is_index(step) && !is_any_index(step) && step.text.find_first_of("0123456789") != std::string::npos &&
           step.text.find_first_not_of("0123456789+- \t") == std::string::npos;
  }

  void write_equals(std::vector<std::string> const& values) {
    if (values.size() == 1) {
      if (write_containment(values.front())) return;
      write_value();
      statement_.add(" = CAST(").bind(values.front()).add(" AS jsonb)");
      return;
    }
    std::string list = "[";
    for (auto const& value : values) list.append(list.size() > 1 ? "," : "").append(value);
    write_value();
    statement_.add(" IN (SELECT value FROM jsonb_array_elements(CAST(").bind(list + "]").add(" AS jsonb)))");
  }

  /// The document contains {"a":{"b":value}}, which an index may serve. Of a number or a boolean there is no more to
  /// say. False, and nothing is written, where it cannot be said: of a whole document, [1] contains 1.
  bool write_containment(std::string const& value) {
    if (path_.empty() || std::ranges::any_of(path_, is_any_index)) return false;
    bool const is_usual = std::ranges::all_of(path_, [this](auto const& step) { return dialect_.is_usual(step.text); });
    if (!is_usual || std::ranges::any_of(path_, is_index)) return false;
    if (std::ranges::any_of(value, [](char byte) { return static_cast<unsigned char>(byte) >= 0x80; })) return false;
    std::string json;
    for (auto const& step : path_) json += "{" + quoted(step.text) + ":";
    json += value;
    json.append(path_.size(), '}');
    statement_.add(document_).add(" @> CAST(").bind(json).add(" AS jsonb)");
    return true;
  }

  Statement& statement_;
  Fragment document_;
  query::Path const& path_;
  Dialect const& dialect_;
};

}  // namespace

void add_postgresql_document_test(Statement& statement, Fragment document, query::Path const& path,
                                  query::DocumentTest const& test, Dialect const& dialect) {
  statement.add("(");
  std::visit(Writer(statement, document, path, dialect), test);
  statement.add(")");
}

void add_postgresql_document_value(Statement& statement, Fragment document, query::Path const& path,
                                   Dialect const& dialect) {
  Writer(statement, document, path, dialect).write_value();
}

}  // namespace restapi::sql
