// SPDX-License-Identifier: MIT
#include "store/sqlite/prepared.hpp"

#include <fmt/format.h>
#include <soci/soci.h>
#include <soci/sqlite3/soci-sqlite3.h>

#include <cstdint>
#include <optional>
#include <variant>

#include "sql/dialect.hpp"
#include "store/no_memory.hpp"

namespace restapi::store {

namespace api = sqlite_api;

void FinalizeStatement::operator()(api::sqlite3_stmt* statement) const { api::sqlite3_finalize(statement); }

void throw_sqlite_error(api::sqlite3* connection) {
  throw soci::sqlite3_soci_error(api::sqlite3_errmsg(connection), api::sqlite3_extended_errcode(connection));
}

Prepared prepare(api::sqlite3* connection, std::string_view sql) {
  api::sqlite3_stmt* statement = nullptr;
  auto const result =
      api::sqlite3_prepare_v2(connection, sql.data(), static_cast<int>(sql.size()), &statement, nullptr);
  if (result != SQLITE_OK) throw_sqlite_error(connection);
  return Prepared(statement);
}

void bind(api::sqlite3* connection, api::sqlite3_stmt* statement, std::vector<model::Value> const& values) {
  using api::sqlite3_destructor_type;  // SQLITE_TRANSIENT has it
  for (std::size_t i = 0; i < values.size(); ++i) {
    auto const place = api::sqlite3_bind_parameter_index(statement, fmt::format(":p{}", i + 1).c_str());
    auto const wire = sql::sqlite().wire(values[i]);
    auto const* const number = std::get_if<std::int64_t>(&wire);
    auto const* const text = std::get_if<std::string>(&wire);
    auto const result = number ? api::sqlite3_bind_int64(statement, place, *number)
                               : api::sqlite3_bind_text(statement, place, text->data(), static_cast<int>(text->size()),
                                                        SQLITE_TRANSIENT);
    if (result != SQLITE_OK) throw_sqlite_error(connection);
  }
}

std::string ask(api::sqlite3* connection, std::string_view sql) {
  auto const statement = prepare(connection, sql);
  auto const result = api::sqlite3_step(statement.get());
  if (result != SQLITE_ROW && result != SQLITE_DONE) throw_sqlite_error(connection);
  auto const* text = reinterpret_cast<char const*>(api::sqlite3_column_text(statement.get(), 0));
  return text ? text : "";
}

void add_row(Rows& rows, api::sqlite3_stmt* statement, std::size_t largest) {
  for (int column = 0; column < static_cast<int>(rows.width()); ++column) {
    bool const is_null = api::sqlite3_column_type(statement, column) == SQLITE_NULL;
    auto const* text = reinterpret_cast<char const*>(api::sqlite3_column_text(statement, column));
    auto const size = static_cast<std::size_t>(api::sqlite3_column_bytes(statement, column));
    if (rows.bytes() + size > largest) throw soci::sqlite3_soci_error("the rows are too large", SQLITE_TOOBIG);
    if (!rows.make_room(size)) throw_no_memory();
    rows.add(text && !is_null ? std::optional(std::string_view(text, size)) : std::nullopt);
  }
}

}  // namespace restapi::store
