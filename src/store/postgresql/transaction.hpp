// SPDX-License-Identifier: MIT
/// What is sent where nothing of a session may be relied on, nor left in it: settings that end with their transaction,
/// statements without a name.
#pragma once

#include <chrono>
#include <string>

struct pg_result;  // libpq's PGresult

namespace restapi::store {

/// A statement that makes the transaction it is sent in what a session of our own is: read-only, limited in time, and
/// without names that mean anything but PostgreSQL's own.
std::string settings_of_transaction(std::chrono::milliseconds statement_timeout, std::string const& client_encoding);

/// Placeholders as PostgreSQL writes them: `:p1` becomes `$1`. No fragment has the two characters for something else.
std::string numbered(std::string text);

/// Throws a soci_error with the server's words and SQLSTATE.
[[noreturn]] void refuse(pg_result const* answer);

}  // namespace restapi::store
