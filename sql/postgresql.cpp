#include "sql/dialect.hpp"
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

class PostgreSql final : public Dialect {
 public:
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

  void folded(Statement& statement, Operand operand) const override {
    statement.add("lower(");
    add_text(statement, operand);
    statement.add(" COLLATE \"C\")");
  }

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

  void day(Statement& statement, Fragment column) const override {
    statement.add("to_char(").add(column).add(", 'YYYY-MM-DD')");
  }

  Wire wire(model::Value const& value) const override {
    if (auto const* integer = std::get_if<std::int64_t>(&value)) return *integer;
    if (auto const* boolean = std::get_if<bool>(&value)) return std::string(*boolean ? "true" : "false");
    if (auto const* time = std::get_if<model::DateTime>(&value)) return to_timestamp(*time) + "+00";
    return std::get<std::string>(value);
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

  Statement columns() const override {
    Statement statement("columns", 1);
    statement.add(
        "SELECT table_name || '.' || column_name FROM information_schema.columns "
        "WHERE table_schema = ANY (current_schemas(false)) AND table_name LIKE 'db\\_db%' AND "
        "has_column_privilege(quote_ident(table_schema) || '.' || quote_ident(table_name), column_name, 'SELECT')");
    return statement;
  }
};

}  // namespace

Dialect const& postgresql() {
  static PostgreSql const dialect;
  return dialect;
}

}  // namespace restapi::sql
