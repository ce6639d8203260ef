// SPDX-License-Identifier: MIT
/// Which schema AiiDA's tables are in is known when a database is opened; the text of statements, when the program is
/// compiled. So fragments write each table behind a mark, and the name of the schema takes its place once for each
/// statement that is prepared.
#pragma once

#include <string>
#include <string_view>

namespace restapi::sql {

/// `FROM @db_dbnode AS n` and the schema public: `FROM "public".db_dbnode AS n`. Nothing else has the mark: an `@` that
/// is an operator stands before something else than `db_db`.
std::string qualify(std::string_view text, std::string_view schema);

/// The text without marks, for people: `FROM db_dbnode AS n`.
std::string without_marks(std::string_view text);

}  // namespace restapi::sql
