// SPDX-License-Identifier: MIT
#include "store/postgresql/transaction.hpp"

#include <fmt/format.h>
#include <libpq-fe.h>
#include <soci/postgresql/soci-postgresql.h>
#include <soci/soci.h>

#include <string_view>

#include "store/postgresql/connection.hpp"

namespace restapi::store {
namespace {

// Those of a session of our own (driver.cpp) and SOCI's, and the role that we came as, until the end of the
// transaction (`true`). Each name says its schema, since this is what makes the others mean something. A transaction
// that is read-only once cannot be made anything else.
constexpr std::string_view settings =
    "SELECT pg_catalog.set_config('search_path', 'pg_catalog, pg_temp', true), "
    "pg_catalog.set_config('role', 'none', true), pg_catalog.set_config('row_security', 'on', true), "
    "pg_catalog.set_config('client_min_messages', 'error', true), "
    "pg_catalog.set_config('transaction_read_only', 'on', true), "
    "pg_catalog.set_config('statement_timeout', '{}', true), pg_catalog.set_config('lock_timeout', '{}', true), "
    "pg_catalog.set_config('timezone', 'UTC', true), pg_catalog.set_config('client_encoding', '{}', true), "
    "pg_catalog.set_config('datestyle', 'ISO', true), pg_catalog.set_config('extra_float_digits', '3', true), "
    "pg_catalog.set_config('standard_conforming_strings', 'on', true), pg_catalog.set_config('jit', 'off', true)";

}  // namespace

std::string settings_of_transaction(std::chrono::milliseconds statement_timeout, std::string const& client_encoding) {
  return fmt::format(settings, statement_timeout.count(), lock_timeout(statement_timeout).count(), client_encoding);
}

std::string numbered(std::string text) {
  for (std::size_t at = 0; (at = text.find(":p", at)) != text.npos;) text.replace(at, 2, "$");
  return text;
}

void refuse(PGresult const* answer) {
  auto const* const state = PQresultErrorField(answer, PG_DIAG_SQLSTATE);
  throw soci::postgresql_soci_error(PQresultErrorMessage(answer), state ? state : "     ");
}

}  // namespace restapi::store
