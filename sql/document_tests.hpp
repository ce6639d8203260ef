// SPDX-License-Identifier: MIT
/// Tests of what is at a path of a JSON document, as each database says them.
#pragma once

#include "sql/dialect.hpp"

namespace restapi::sql {

/// A step that may be an index. Zeros in front make it a key: no array is written so.
bool is_index(ast::Step const& step);

/// One that may be an index although zeros are in front, or a minus (ast::Step::counts).
bool is_any_index(ast::Step const& step);

/// " < "
Fragment comparison_of(query::NumberTest::Kind kind);

/// Of jsonb. An equality of what has only names in its path is said in a way that a GIN index of the document serves.
void add_postgresql_document_test(Statement& statement, Fragment document, query::Path const& path,
                                  query::DocumentTest const& test, Dialect const& dialect);

/// By functions of ours (store/sqlite/documents.hpp): any text may be kept as JSON, and its numbers as any.
void add_sqlite_document_test(Statement& statement, Fragment document, query::Path const& path,
                              query::DocumentTest const& test, Dialect const& dialect);

/// What is there, as jsonb.
void add_postgresql_document_value(Statement& statement, Fragment document, query::Path const& path,
                                   Dialect const& dialect);

/// Dialect::document_cast().
void add_postgresql_document_cast(Statement& statement, Fragment document, query::Path const& path,
                                  query::builder::Cast cast, Dialect const& dialect);
void add_sqlite_document_cast(Statement& statement, Fragment document, query::Path const& path,
                              query::builder::Cast cast);

/// json_at(document, path, what): "json", "type", "number", "string" and so on (store/sqlite/documents.hpp).
void add_sqlite_document_value(Statement& statement, Fragment document, query::Path const& path, Fragment what);

}  // namespace restapi::sql
