// SPDX-License-Identifier: MIT
#include "sql/document_tests.hpp"

namespace restapi::sql {
namespace {

using query::builder::Cast;

// What query/builder/cast.hpp reads, said once more for a server that fails where it cannot read a text: every cast
// stands behind a test of the whole text. Longer numbers are beyond those of numeric.
constexpr Fragment is_real =
    "length(x.t) < 400 AND x.t ~ '^[ \\t\\n\\r\\f\\v]*[-+]?([0-9]+\\.?[0-9]*|\\.[0-9]+)([eE][-+]?[0-9]{1,3})?[ "
    "\\t\\n\\r\\f\\v]*$'";
constexpr Fragment is_integer = "x.t ~ '^[ \\t\\n\\r\\f\\v]*[-+]?0*[0-9]{1,19}[ \\t\\n\\r\\f\\v]*$'";
constexpr Fragment is_instant =
    "x.t ~ '^(([0-9]{4}-((0[13578]|1[02])-(0[1-9]|[12][0-9]|3[01])|(0[469]|11)-(0[1-9]|[12][0-9]|30)|02-(0[1-9]|1[0-9]|"
    "2[0-8])))|([0-9]{2}(0[48]|[2468][048]|[13579][26])|([02468][048]|[13579][26])00)-02-29)([T "
    "]([01][0-9]|2[0-3]):[0-5][0-9](:[0-5][0-9](\\.[0-9]{1,6})?)?(Z|[-+](0[0-9]|1[0-5])(:?[0-5][0-9])?)?)?$' "
    "AND x.t !~ '^0000'";
// Of a whole number within 64 bits.
constexpr Fragment when_integer =
    "CASE WHEN x.n = trunc(x.n) AND x.n BETWEEN -9223372036854775808 AND 9223372036854775807 THEN CAST(x.n AS bigint) "
    "END";

// A double; what is larger is none, and what is smaller is 0.
constexpr Fragment when_real =
    "CASE WHEN abs(x.n) < 1e-323 THEN 0 WHEN abs(x.n) <= 1.7976931348623157e308 THEN CAST(x.n AS double precision) END";

/// From `x`, with the type `k` of what is there and its text `t`.
Fragment expression_of(Cast cast) {
  switch (cast) {
    case Cast::real:
    case Cast::integer:
      break;  // in two steps
    case Cast::boolean:
      return "CASE WHEN x.k = 'boolean' OR x.k = 'number' AND x.t IN ('0', '1') OR x.k = 'string' AND lower(btrim(x.t, "
             "E' \\t\\n\\r\\f\\v') COLLATE \"C\") IN ('t', 'tr', 'tru', 'true', 'y', 'ye', 'yes', 'on', '1', 'f', "
             "'fa', "
             "'fal', 'fals', 'false', 'n', 'no', 'of', 'off', '0') THEN CAST(x.t AS boolean) END";
    case Cast::text:
    case Cast::json:
      return "x.t";
    case Cast::datetime:
      break;
  }
  return {};
}

}  // namespace

void add_postgresql_document_cast(Statement& statement, Fragment document, query::Path const& path, Cast cast,
                                  Dialect const& dialect) {
  auto const add_value = [&] {
    statement.add("SELECT jsonb_typeof(v.v) AS k, v.v #>> CAST('{}' AS text[]) AS t FROM (SELECT ");
    add_postgresql_document_value(statement, document, path, dialect);
    statement.add(" AS v) AS v");
  };
  if (cast == Cast::real || cast == Cast::integer) {
    bool const is_whole = cast == Cast::integer;
    statement.add("(SELECT ").add(is_whole ? when_integer : when_real);
    statement.add(" FROM (SELECT CASE x.k WHEN 'number' THEN CAST(x.t AS numeric) WHEN 'string' THEN CASE WHEN ");
    statement.add(is_whole ? is_integer : is_real).add(" THEN CAST(x.t AS numeric) END END AS n FROM (");
    add_value();
    statement.add(") AS x) AS x)");
    return;
  }
  statement.add("(SELECT ");
  if (cast == Cast::datetime)
    statement.add("CASE WHEN x.k = 'string' AND ").add(is_instant).add(" THEN CAST(x.t AS timestamptz) END");
  else
    statement.add(expression_of(cast));
  statement.add(" FROM (");
  add_value();
  statement.add(") AS x)");
}

}  // namespace restapi::sql
