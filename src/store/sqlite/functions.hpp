// SPDX-License-Identifier: MIT
/// What statements for SQLite call beside SQLite's own functions (sql/dialect_sqlite.cpp).
#pragma once

namespace sqlite_api {
struct sqlite3;
}

namespace restapi::store {

/// `pattern_matches(text, pattern)`: the text matches the pattern (query/pattern.hpp), which is the same for all rows;
/// NULL for NULL. `sql_pattern_matches`: a pattern of SQL.
/// `mended_json(text)`: the JSON without what is none (base/sorted_json.hpp): NaN, Infinity, bytes that are no UTF-8.
/// NULL where it is broken in other ways, or longer than 16 MiB.
/// `json_at(document, path, what)`: what is there (store/sqlite/documents.hpp): its `type`, the `length` of an array,
/// or the text of a `string`, `number` or `boolean`, or all of it as `json`; NULL where it is none of these.
/// `json_cast(document, path, letter)`: what it is as that (query/builder/cast.hpp); of what is no scalar, its JSON as
/// text. `json_equals(document, path, json)`, `json_contains(…)`: whether it is the same value, or contains it
/// (store/sqlite/canonical_json.hpp); NULL where nothing is there.
/// `json_has_key(document, path, key)`, `json_has_elements(document, path, values)`: whether the object there has it,
/// or the array all of them. `collation_of(table, column)`: the name of the collation by which the column compares
/// texts, as the schema has it. The collation `instant`: date-times compare as times, in whatever way they are written
/// (sql/timestamp.hpp). `is_enough(of)`: whether nobody waits any more, or time is up; asked while a long text is read,
/// on the connection's thread. Lives as long as the connection.
void add_sqlite_functions(sqlite_api::sqlite3* connection, int (*is_enough)(void*), void* of);

}  // namespace restapi::store
