// SPDX-License-Identifier: MIT
/// Tests of texts for a PostgreSQL server that keeps texts in another encoding than UTF-8. A value with a character
/// that this encoding lacks cannot be sent as a text: the server refuses it. So column and value are compared as the
/// hexadecimal digits of their UTF-8, which every encoding has; they sort as the bytes do, and so as the characters.
/// What has no equivalent in Unicode compares as a single other character, U+007F. No index serves that.
#pragma once

#include "query/plan.hpp"
#include "sql/dialect.hpp"

namespace restapi::sql {

/// The greatest character of which it is known that the server has it, and all before it: U+10FFFF for UTF8, and for
/// SQL_ASCII, which keeps any bytes; U+00FF for LATIN1; U+007F for others.
char32_t last_sure_character(std::string_view server_encoding);

/// Whether the test has texts with characters beyond that one.
bool has_character_beyond(char32_t last_sure, Operand operand, query::Test const& test);

/// Requires an operand of type text or uuid.
/// `encoding`: of the server; null where each of its texts has an equivalent in Unicode.
void add_hex_test(Statement& statement, Operand operand, query::Test const& test, Dialect const& dialect,
                  ServerEncoding const* encoding);

}  // namespace restapi::sql
