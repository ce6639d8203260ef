// SPDX-License-Identifier: MIT
/// What PostgreSQL and SQLite say differently. Everything else is written once, in compile.cpp.
///
/// PostgreSQL's statements are for sessions in which no name can mean anything but pg_catalog's
/// (store/postgresql/driver.cpp), so functions, operators and types are written as everywhere.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>

#include "model/type.hpp"
#include "model/value.hpp"
#include "query/builder/cast.hpp"
#include "query/plan.hpp"
#include "sql/fragment.hpp"
#include "sql/statement.hpp"

namespace restapi::sql {

class ServerEncoding;

/// A value as the driver binds it.
using Wire = std::variant<std::int64_t, std::string>;

/// The left side of a test.
struct Operand {
  Fragment column;
  model::Type type;
};

/// The operand as text, where strings are wanted: a uuid column is cast.
void add_text(Statement& statement, Operand operand);

/// Whether it is there.
void add_presence(Statement& statement, Operand operand, query::Presence test);

/// Bytes of a JSON document as text; a larger one is no answer.
inline constexpr std::size_t largest_document = std::size_t{128} << 20;

class Dialect {
 public:
  virtual ~Dialect() = default;

  /// The dialect for a database of which columns() has listed this.
  virtual Dialect const& of(model::Schema const&) const { return *this; }

  /// How texts in the rows of that database are encoded; null: as UTF-8.
  virtual ServerEncoding const* encoding() const { return nullptr; }

  /// Whether the text can be compared as it is: not where the database may have no equivalent for a character of it.
  virtual bool is_usual(std::string_view) const { return true; }

  /// Writes a test that a value needs another form for than those below. False: it needs none, and nothing is written.
  virtual bool add_unusual_test(Statement&, Operand, query::Test const&) const { return false; }

  /// A value compared with a column of that type.
  virtual void bind(Statement& statement, model::Type type, model::Value value) const = 0;

  /// The operand equals one of the values, which are all of its type, integers or texts: one text for lists of any
  /// length, and one bound value.
  virtual void is_among(Statement& statement, Operand operand, std::span<model::Value const> values) const = 0;

  /// Around a subquery of ids, which stands behind a column: it is one of them.
  virtual Fragment begin_ids() const { return "IN ("; }
  virtual Fragment end_ids() const { return ")"; }

  /// The date-time lies in one of several intervals, whose ends are given in order: from, to, from, to, …, the last one
  /// without an end if their number is odd. False, and nothing is written, where there is no way to say it shorter than
  /// interval by interval.
  virtual bool is_within(Statement&, Operand, std::span<model::Value const>) const { return false; }

  /// The operand in the form in which strings compare: ASCII letters folded, then by code point.
  virtual void folded(Statement& statement, Operand operand) const = 0;

  /// A date-time column in a form in which equal times are equal, and others compare as they do.
  virtual void instant(Statement& statement, Fragment column) const = 0;

  /// What is at a path of a JSON document fulfils the test; false or NULL where nothing is there.
  virtual void document_test(Statement& statement, Fragment document, query::Path const& path,
                             query::DocumentTest const& test) const = 0;

  /// What is there as JSON, or NULL; all of the document where the path is empty.
  virtual void document_text(Statement& statement, Fragment document, query::Path const& path) const = 0;

  /// What is there, read as that: a number, a boolean, a text or a date-time; NULL where it cannot be. Not Cast::json.
  virtual void document_cast(Statement& statement, Fragment document, query::Path const& path,
                             query::builder::Cast cast) const = 0;

  /// Around a text that is JSON: it becomes a document.
  virtual Fragment begin_json() const { return ""; }
  virtual Fragment end_json() const { return ""; }

  /// Around a number that document_cast() has given: it becomes a text with all of its digits.
  virtual Fragment begin_number() const = 0;
  virtual Fragment end_number() const { return ")"; }

  /// An integer or date-time column as text: 2016-04-23 05:44:59.999999.
  virtual void printed(Statement& statement, Operand operand) const = 0;

  /// What documents are ordered by (query::OrderTerm): of their value there, its rank, the number, the string in the
  /// form in which strings compare, its first 1000 characters.
  virtual void document_rank(Statement& statement, Fragment document, query::Path const& path) const = 0;
  virtual void document_number(Statement& statement, Fragment document, query::Path const& path) const = 0;
  virtual void document_string(Statement& statement, Fragment document, query::Path const& path) const = 0;

  /// What document_number(), or a column of that type, has given as text, to be compared with it. A text that is none
  /// of its values is taken for some other one.
  virtual void bind_number(Statement& statement, std::string number) const = 0;
  virtual void bind_text_of(Statement& statement, model::Type type, std::string text) const = 0;

  /// The operand matches the pattern (docs/query-language.md), the pattern bound.
  virtual void match(Statement& statement, Operand operand, query::Pattern const& pattern) const = 0;

  /// The text column lies between `first` and, excluded, `after`, in the byte order that an index serves.
  virtual void byte_range(Statement& statement, Fragment column, std::string const& first,
                          std::string const& after) const = 0;

  /// Around the rest of a statement that reads a JSON document: selects the id and the document's text. Where that may
  /// be many times as long as what is stored, the database refuses one of more than largest_document itself: sent, it
  /// would be in memory before anybody could look at its size.
  virtual void begin_document(Statement& statement, Fragment id, Fragment column) const = 0;
  virtual void end_document(Statement& statement) const = 0;

  /// The day of a date-time column in UTC, as YYYY-MM-DD.
  virtual void day(Statement& statement, Fragment column) const = 0;

  /// What stands before a statement to get its plan instead of its rows; nothing where that does not say how many.
  virtual std::optional<Fragment> explain() const { return std::nullopt; }

  /// Around a text in the form in which strings compare: it becomes one that compares alike and has only letters and
  /// digits, whatever the text is made of.
  virtual void begin_key(Statement& statement) const = 0;
  virtual void end_key(Statement& statement) const = 0;

  /// Behind a text: it is ordered by its bytes.
  virtual Fragment byte_order() const { return ""; }

  /// How many bytes a column has as text.
  virtual void bytes(Statement& statement, Fragment column) const = 0;

  /// How the store keeps this value: date-times as text, booleans as each driver expects them.
  virtual Wire wire(model::Value const& value) const = 0;

  /// What is at a key of a JSON document, as text, at most 10 000 characters of it; NULL where there is nothing.
  virtual void member(Statement& statement, Fragment document, Fragment key) const = 0;

  /// The statement whose one cell is the version of the data (store/store.hpp), or NULL.
  virtual Statement version() const = 0;

  /// The statement whose one row is where the server stands in replication (store/counts.hpp): whether it is a standby,
  /// and streaming, each `true` or `false`; its lag in seconds, or NULL. Nothing where servers have no standbys.
  virtual std::optional<Statement> replication() const { return std::nullopt; }

  /// The statement that lists the schemas with a table db_dbnode that may be read: name, and whether it is on the
  /// role's own search path (`true`, `false`), in the order of that path, then the others by name. Nothing where a
  /// database has one schema.
  virtual std::optional<Statement> schemas() const { return std::nullopt; }

  /// The statement that lists every column of AiiDA's tables in a schema as "table.column", and why it is passed over:
  /// NULL where it may be read. Beside them, in the same form, what else expressions and statements depend on:
  /// "json_valid.text", "server_encoding.UTF8", "role_rights.…".
  virtual Statement columns(std::string schema) const = 0;
};

Dialect const& postgresql();
Dialect const& sqlite();

}  // namespace restapi::sql
