// SPDX-License-Identifier: MIT
#include <date/date.h>

#include <algorithm>
#include <map>
#include <mutex>
#include <optional>
#include <regex>
#include <string>
#include <string_view>
#include <utility>

#include "query/object_id.hpp"
#include "sql/dialect.hpp"
#include "sql/document_tests.hpp"
#include "sql/schemas.hpp"
#include "sql/server_encoding.hpp"
#include "sql/text_as_hex.hpp"
#include "sql/timestamp.hpp"
#include "sql/value_list.hpp"

namespace restapi::sql {
namespace {

// LIKE has no wildcard for "one character or none"; PostgreSQL's regular expressions (an automaton, so never
// exponential) do.
std::string regular_expression(query::Pattern const& pattern) {
  using Kind = query::Pattern::Piece::Kind;
  std::string text = "^";
  for (auto const& piece : pattern.pieces) {
    if (piece.kind == Kind::any) text += ".*";
    if (piece.kind == Kind::optional) text += ".{0," + std::to_string(piece.count) + "}";
    for (auto const byte : piece.text) {
      // A backslash before a letter or digit would be a class or a back reference; before anything else of ASCII it
      // makes the character itself.
      bool const is_alphanumeric =
          (byte >= '0' && byte <= '9') || (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z');
      bool const is_ascii = static_cast<unsigned char>(byte) < 0x80;
      if (is_ascii && !is_alphanumeric) text += '\\';
      text += byte;
    }
  }
  return text + "$";
}

// The path is taken for the length of this statement, whose names have been looked up by then. The argument of
// current_schemas is always false, and written so that the path is set before.
Statement schemas_of(std::optional<std::string> path) {
  Statement statement("schemas", 2);
  statement.add("WITH own AS MATERIALIZED (SELECT set_config('search_path', ");
  if (path)
    statement.add("CAST(").bind(*std::move(path)).add(" AS text)");
  else
    statement.add("reset_val");
  return statement.add(
      ", true) AS path FROM pg_settings "
      "WHERE name = 'search_path') SELECT n.nspname, CAST(place.position IS NOT NULL AS text) "
      "FROM pg_namespace AS n JOIN pg_class AS c ON c.relnamespace = n.oid "
      "LEFT JOIN (own CROSS JOIN LATERAL unnest(current_schemas(own.path IS NULL)) WITH ORDINALITY "
      "AS found (name, position)) AS place ON place.name = n.nspname "
      "WHERE c.relname = 'db_dbnode' AND c.relkind IN ('r', 'p') AND c.relpersistence <> 't' "
      "AND has_schema_privilege(n.oid, 'USAGE') AND has_any_column_privilege(c.oid, 'SELECT') "
      "ORDER BY place.position NULLS LAST, n.nspname");
}

// Among the columns: in which encoding the server keeps texts.
constexpr std::string_view server_encoding = "server_encoding.";

constexpr char32_t last_character = 0x10FFFF;

/// As PostgreSQL writes a timestamptz in UTC, and reads it again: years have four to six digits, and those before the
/// first end with BC.
bool is_timestamp(std::string_view text) {
  if (text == "infinity" || text == "-infinity") return true;
  static std::regex const form(R"((\d{4,6})-(\d\d)-(\d\d) ([01]\d|2[0-3]):[0-5]\d:[0-5]\d(\.\d{1,6})?\+00( BC)?)");
  std::cmatch parts;
  if (!std::regex_match(text.begin(), text.end(), parts, form)) return false;
  constexpr int last_year = 294'275, first_year = 4712, leap_years_repeat_after = 400;
  bool const is_before_christ = parts[6].matched;
  int const year = std::stoi(parts[1]);
  if (year == 0 || year > (is_before_christ ? first_year : last_year)) return false;
  // Year 1 before Christ is followed by year 1.
  int const counted = is_before_christ ? 1 - year : year;
  int const like = 2000 + ((counted % leap_years_repeat_after) + leap_years_repeat_after) % leap_years_repeat_after;
  auto const month = static_cast<unsigned>(std::stoi(parts[2])), day = static_cast<unsigned>(std::stoi(parts[3]));
  return (date::year{like} / date::month{month} / date::day{day}).ok();
}

/// As PostgreSQL writes a numeric.
bool is_number(std::string_view text) {
  constexpr std::size_t longest = 16'000;  // digits; numeric may have many more before its point
  constexpr std::string_view digits = "0123456789";
  if (text.starts_with('-')) text.remove_prefix(1);
  auto const whole = std::min(text.find_first_not_of(digits), text.size());
  if (whole == 0 || text.size() > longest) return false;
  text.remove_prefix(whole);
  return text.empty() || (text.size() > 1 && text.front() == '.' && text.find_first_not_of(digits, 1) == text.npos);
}

class PostgreSql final : public Dialect {
 public:
  /// `last_sure`: the greatest character that the server has for certain (sql/text_as_hex.hpp).
  /// `encoding`: of texts in rows; null: UTF-8.
  explicit PostgreSql(char32_t last_sure, ServerEncoding const* encoding = nullptr)
      : last_sure_(last_sure), encoding_(encoding) {}

  Dialect const& of(model::Schema const& schema) const override {
    auto const found = schema.lower_bound(server_encoding);
    if (found == schema.end() || !found->starts_with(server_encoding)) return postgresql();
    auto const name = std::string_view(*found).substr(server_encoding.size());
    auto const last_sure = last_sure_character(name);
    auto const* const encoding = ServerEncoding::find(name);
    if (last_sure == last_character && !encoding) return postgresql();
    static std::mutex mutex;
    static std::map<std::pair<char32_t, ServerEncoding const*>, PostgreSql> others;
    std::lock_guard const lock(mutex);
    return others.try_emplace({last_sure, encoding}, last_sure, encoding).first->second;
  }

  ServerEncoding const* encoding() const override { return encoding_; }

  bool is_usual(std::string_view text) const override {
    return !has_character_beyond(last_sure_, {"", model::Type::text}, query::Membership{{std::string(text)}});
  }

  bool add_unusual_test(Statement& statement, Operand operand, query::Test const& test) const override {
    if (!has_character_beyond(last_sure_, operand, test)) return false;
    add_hex_test(statement, operand, test, *this, encoding_);
    return true;
  }

  void bind(Statement& statement, model::Type type, model::Value value) const override {
    // Keys are int4 in the tables; a client may write any 64-bit number.
    if (type == model::Type::integer) {
      statement.add("CAST(").bind(std::move(value)).add(" AS bigint)");
    } else if (type == model::Type::text) {
      statement.add("CAST(").bind(std::move(value)).add(" AS text)");
    } else {
      statement.bind(std::move(value));
    }
  }

  void is_among(Statement& statement, Operand operand, std::span<model::Value const> values) const override {
    statement.add(operand.column).add(" = ANY (");
    auto const list = array_literal(values);
    if (operand.type == model::Type::integer)
      statement.add("CAST(").bind(list).add(" AS bigint[])");
    else if (operand.type == model::Type::text)
      statement.add("CAST(").bind(list).add(" AS text[])");
    else
      statement.bind(list);  // of the column's type
    statement.add(")");
  }

  // Read first, once. Joined, a few rows would be compared with each of many, or taken for fewer than they are.
  Fragment begin_ids() const override { return "= ANY (ARRAY("; }
  Fragment end_ids() const override { return "))"; }

  // How many of the ends have been passed: an odd number lies within. Found by halves, where a chain of comparisons
  // would be walked for each row. The first comparison and the last are for an index.
  bool is_within(Statement& statement, Operand operand, std::span<model::Value const> ends) const override {
    std::vector<model::Value> texts;
    texts.reserve(ends.size());
    for (auto const& end : ends) texts.emplace_back(std::get<std::string>(wire(end)));
    statement.add(operand.column).add(" >= ").bind(ends.front());
    if (ends.size() % 2 == 0) statement.add(" AND ").add(operand.column).add(" < ").bind(ends.back());
    statement.add(" AND width_bucket(CAST(").add(operand.column).add(" AS timestamptz), CAST(");
    statement.bind(array_literal(texts)).add(" AS timestamptz[])) % 2 = 1");
    return true;
  }

  void document_test(Statement& statement, Fragment document, query::Path const& path,
                     query::DocumentTest const& test) const override {
    add_postgresql_document_test(statement, document, path, test, *this);
  }

  void document_text(Statement& statement, Fragment document, query::Path const& path) const override {
    statement.add("CAST(");
    add_postgresql_document_value(statement, document, path, *this);
    statement.add(" AS text)");
  }

  void document_cast(Statement& statement, Fragment document, query::Path const& path,
                     query::builder::Cast cast) const override {
    add_postgresql_document_cast(statement, document, path, cast, *this);
  }

  Fragment begin_json() const override { return "CAST("; }
  Fragment end_json() const override { return " AS jsonb)"; }
  Fragment begin_number() const override { return "CAST("; }
  Fragment end_number() const override { return " AS text)"; }

  void printed(Statement& statement, Operand operand) const override {
    if (operand.type == model::Type::datetime)
      statement.add("to_char(").add(operand.column).add(", 'YYYY-MM-DD HH24:MI:SS.US')");
    else
      statement.add("CAST(").add(operand.column).add(" AS text)");
  }

  void document_rank(Statement& statement, Fragment document, query::Path const& path) const override {
    statement.add("(CASE jsonb_typeof(");
    add_postgresql_document_value(statement, document, path, *this);
    statement.add(
        ") WHEN 'number' THEN 0 WHEN 'string' THEN 1 WHEN 'boolean' THEN 2 WHEN 'array' THEN 2 WHEN 'object' THEN 2 "
        "END)");
  }

  void document_number(Statement& statement, Fragment document, query::Path const& path) const override {
    add_scalar(statement.add("CAST("), document, path, "'number'");
    statement.add(" AS numeric)");
  }

  void document_string(Statement& statement, Fragment document, query::Path const& path) const override {
    add_scalar(statement.add("lower(substr("), document, path, "'string'");
    statement.add(", 1, 1000) COLLATE \"C\")");
  }

  void bind_number(Statement& statement, std::string number) const override {
    if (!is_number(number)) number = "0";
    statement.add("CAST(").bind(std::move(number)).add(" AS numeric)");
  }

  void bind_text_of(Statement& statement, model::Type type, std::string text) const override {
    bool const is_ascii = std::ranges::all_of(text, [](char byte) { return static_cast<unsigned char>(byte) < 0x80; });
    if (!is_ascii) text.clear();
    if (type == model::Type::boolean) return bind(statement, type, text == "t");
    if (type == model::Type::datetime && !is_timestamp(text)) text = "infinity";
    if (type == model::Type::uuid && !query::is_canonical_uuid(text)) text = "00000000-0000-0000-0000-000000000000";
    bind(statement, type, std::move(text));
  }

  Fragment byte_order() const override { return " COLLATE \"C\""; }

  // Of its bytes as the server keeps them: every encoding has these digits, and they compare as the bytes do.
  void begin_key(Statement& statement) const override { statement.add("(encode(convert_to("); }
  void end_key(Statement& statement) const override {
    statement.add(", getdatabaseencoding()), 'hex') COLLATE \"C\")");
  }

  std::optional<Fragment> explain() const override { return Fragment("EXPLAIN (FORMAT JSON) "); }

  void folded(Statement& statement, Operand operand) const override {
    statement.add("lower(");
    add_text(statement, operand);
    statement.add(" COLLATE \"C\")");
  }

  void instant(Statement& statement, Fragment column) const override { statement.add(column); }

  void match(Statement& statement, Operand operand, query::Pattern const& pattern) const override {
    if (pattern.fold)
      folded(statement, operand);
    else
      add_text(statement, operand);
    if (pattern.has_optional())
      statement.add(" ~ CAST(").bind(regular_expression(pattern)).add(" AS text)");
    else
      statement.add(" LIKE CAST(").bind(query::write_pattern(pattern)).add(" AS text)");
  }

  void byte_range(Statement& statement, Fragment column, std::string const& first,
                  std::string const& after) const override {
    // The operators of the ix_pat_… indexes (varchar_pattern_ops): byte order, whatever the database's collation.
    statement.add(column).add(" ~>=~ CAST(").bind(first).add(" AS text) AND ").add(column);
    statement.add(" ~<~ CAST(").bind(after).add(" AS text)");
  }

  // jsonb keeps 1e131071 in eight bytes, and writes 131 072 digits. The inner LIMIT has each text made once; repeat()
  // fails with program_limit_exceeded.
  void begin_document(Statement& statement, Fragment id, Fragment column) const override {
    static_assert(largest_document == 134'217'728);
    statement.add(
        "SELECT o.id, CASE WHEN octet_length(o.document) > 134217728 THEN repeat(o.document, 2147483647) "
        "ELSE o.document END FROM (SELECT ");
    statement.add(id).add(" AS id, CAST(").add(column).add(" AS text) AS document");
  }
  void end_document(Statement& statement) const override { statement.add(") AS o"); }

  void day(Statement& statement, Fragment column) const override {
    statement.add("to_char(").add(column).add(", 'YYYY-MM-DD')");
  }

  void bytes(Statement& statement, Fragment column) const override {
    statement.add("octet_length(CAST(").add(column).add(" AS text))");
  }

  Wire wire(model::Value const& value) const override {
    if (auto const* integer = std::get_if<std::int64_t>(&value)) return *integer;
    if (auto const* boolean = std::get_if<bool>(&value)) return std::string(*boolean ? "true" : "false");
    if (auto const* time = std::get_if<model::DateTime>(&value)) return to_timestamp(*time) + "+00";
    return std::get<std::string>(value);
  }

  void member(Statement& statement, Fragment document, Fragment key) const override {
    statement.add("substr(").add(document).add(" ->> ").add(key).add(", 1, 10000)");
  }

  // The snapshot's text changes when any transaction that wrote has ended (and then only), prepared ones included. The
  // start time tells servers apart, which may reach the same transaction numbers: after a failover, or a restore.
  // A standby's snapshot does not list the transactions that it is replaying, so it proves nothing there.
  Statement version() const override {
    Statement statement("version", 1);
    statement.add(
        "SELECT CASE WHEN pg_is_in_recovery() THEN NULL ELSE CAST(pg_postmaster_start_time() AS text) || ' ' || "
        "CAST(pg_current_snapshot() AS text) END");
    return statement;
  }

  // Every role may call these functions, and see whether there is a WAL receiver (PostgreSQL 15, 28.2.7). What has been
  // received may lie behind what has been replayed: after a start, until the first change comes.
  std::optional<Statement> replication() const override {
    Statement statement("replication", 3);
    statement.add(
        "SELECT CAST(standby AS text), CAST(streaming AS text), CAST(CASE WHEN NOT standby THEN NULL "
        "WHEN streaming AND pg_last_wal_replay_lsn() >= pg_last_wal_receive_lsn() THEN 0 "
        "ELSE greatest(extract(epoch FROM clock_timestamp() - coalesce(pg_last_xact_replay_timestamp(), "
        "pg_postmaster_start_time())), 0) END AS text) "
        "FROM (SELECT pg_is_in_recovery() AS standby, EXISTS (SELECT FROM pg_stat_wal_receiver) AS streaming) AS now");
    return statement;
  }

  // The session's search path is pinned; the role's own is what the session would go back to.
  std::optional<Statement> schemas() const override { return schemas_of(std::nullopt); }

  // Whoever may create something in the schema can put a table of their own in the place of one that is not there, or a
  // view, which runs functions of their choice: only what belongs to the owner of db_dbnode, or to a superuser, is
  // AiiDA's. A column of a type that somebody has made would bring its functions along. A foreign table that is a
  // part of one of AiiDA's changes without a transaction here, so nobody would see that an answer is too old.
  Statement columns(std::string schema) const override {
    Statement statement("columns", 2);
    statement
        .add(
            "WITH RECURSIVE parts AS (SELECT inhparent AS whole, inhrelid AS part FROM pg_inherits UNION "
            "SELECT parts.whole, i.inhrelid FROM parts JOIN pg_inherits AS i ON i.inhparent = parts.part) "
            "SELECT c.relname || '.' || a.attname, CASE WHEN c.relkind NOT IN ('r', 'p') THEN 'it is no table' "
            "WHEN EXISTS (SELECT FROM parts JOIN pg_class AS f ON f.oid = parts.part WHERE parts.whole = c.oid "
            "AND f.relkind = 'f') THEN 'a part of it is a foreign table' "
            "WHEN c.relowner <> nodes.relowner AND NOT owner.rolsuper THEN 'it has another owner than db_dbnode' "
            "WHEN t.typnamespace <> n_types.oid THEN 'the type of ' || a.attname || ' is not PostgreSQL''s own' "
            "WHEN a.attgenerated = 'v' THEN a.attname || ' is computed when it is read' END "
            "FROM pg_namespace AS n JOIN pg_class AS nodes ON nodes.relnamespace = n.oid "
            "AND nodes.relname = 'db_dbnode' JOIN pg_class AS c ON c.relnamespace = n.oid "
            "JOIN pg_roles AS owner ON owner.oid = c.relowner JOIN pg_attribute AS a ON a.attrelid = c.oid "
            "JOIN pg_type AS t ON t.oid = a.atttypid JOIN pg_namespace AS n_types ON n_types.nspname = 'pg_catalog' "
            "WHERE n.nspname = CAST(")
        .bind(std::move(schema))
        .add(
            " AS text) AND c.relname LIKE 'db\\_db%' AND c.relkind IN ('r', 'p', 'v', 'm', 'f') AND a.attnum > 0 "
            "AND NOT a.attisdropped AND has_column_privilege(c.oid, a.attnum, 'SELECT') "
            "UNION ALL SELECT 'server_encoding.' || current_setting('server_encoding'), NULL "
            // What policies may ask of the role. Plans that a session keeps do not notice when it changes.
            "UNION ALL SELECT 'role_rights.' || hashtextextended((SELECT CAST(r.rolbypassrls OR r.rolsuper AS text) "
            "FROM "
            "pg_roles AS r WHERE r.rolname = CURRENT_USER) || (SELECT string_agg(CAST(m.oid AS text), ' ' ORDER BY "
            "m.oid) "
            "FROM pg_roles AS m WHERE pg_has_role(m.oid, 'USAGE')), 0), NULL ORDER BY 1");
    return statement;
  }

 private:
  /// As text; NULL where it is of another type.
  void add_scalar(Statement& statement, Fragment document, query::Path const& path, Fragment type) const {
    statement.add("CASE WHEN jsonb_typeof(");
    add_postgresql_document_value(statement, document, path, *this);
    statement.add(") = ").add(type).add(" THEN ");
    add_postgresql_document_value(statement, document, path, *this);
    statement.add(" #>> CAST('{}' AS text[]) END");
  }

  char32_t const last_sure_;
  ServerEncoding const* const encoding_;
};

}  // namespace

Statement schemas_on(std::string search_path) { return schemas_of(std::move(search_path)); }

Dialect const& postgresql() {
  static PostgreSql const dialect(last_character);
  return dialect;
}

}  // namespace restapi::sql
