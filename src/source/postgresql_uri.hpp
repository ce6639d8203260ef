// SPDX-License-Identifier: MIT
/// PostgreSQL connection texts as libpq understands them, brought into the one form that survives SOCI.
///
/// SOCI splits a connection string at blanks and `=` and glues it together again: keyword strings with blanks in a
/// value break, and a URI without `?` gets a stray `=`. A URI that is nothing but percent-encoded parameters passes
/// through unharmed: `postgresql:///?host=%2Frun%2Fpostgresql&dbname=my%20db`. libpq takes every keyword there, also
/// several hosts (`host=a%2Cb`) and unix sockets.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.hpp"

namespace restapi::source {

/// libpq keywords and values, decoded: {"host", "db.example.org"}. Passwords are in here: not for logs.
using PostgresqlSettings = std::vector<std::pair<std::string, std::string>>;

/// Starts with `postgresql://` or `postgres://`.
bool is_postgresql_uri(std::string_view text);

/// Meant as one, and no URI: `postgresql:/…`, `postgres//…`, `postgresql:USER…`. It may hold a password.
bool is_mistyped_uri(std::string_view text);

/// Looks like a libpq keyword string: a word, blanks, `=`.
bool is_keyword_string(std::string_view text);

/// Reads a URI or a keyword string with libpq's own parser. Defaults (PGHOST, service files, ~/.pgpass) are left to the
/// connection. `load_balance_hosts` is read with every libpq, though only version 16 knows it. The error says nothing
/// of the text, which may hold a password anywhere once it is malformed: without its `@HOST` a URI has one in the place
/// of the port.
Result<PostgresqlSettings> parse_postgresql(std::string const& text);

/// Whether each port of libpq's list is empty or a number from 1 to 65535.
bool are_ports(std::string_view list);

/// Empty where it is not said.
std::string_view find_setting(PostgresqlSettings const& settings, std::string_view keyword);

/// The URI form described above; says `restapi` as the application's name unless the settings name one. Without
/// `load_balance_hosts`, which is ours to act upon (source/hosts.hpp).
std::string postgresql_uri(PostgresqlSettings const& settings);

/// A short name for addresses: the database's; if none is said the service's, the user's, or `postgresql`.
std::string name_of_postgresql(PostgresqlSettings const& settings);

/// The parts of one of libpq's lists, which commas separate: `a,,b` → {"a", "", "b"}; at least one.
std::vector<std::string> split_list(std::string_view list);

/// For people: `postgresql database NAME on HOST`, `… on HOST:PORT`, `… on A, B`, `… on this machine`. `typed`: what
/// the settings were read from, if somebody typed it: of a URI without `@` the ports are not told. In
/// `postgresql://reader:1234` a password may stand there, before an `@HOST` that was forgotten.
std::string describe_postgresql(PostgresqlSettings const& settings, std::string_view typed = {});

}  // namespace restapi::source
