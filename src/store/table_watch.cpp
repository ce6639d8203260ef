// SPDX-License-Identifier: MIT
#include "store/table_watch.hpp"

#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include <vector>

#include "base/printable.hpp"
#include "sql/schemas.hpp"

namespace restapi::store {
namespace {

// The names are those of a file or database.
std::string sentence(std::string const& table, std::string const& why) {
  constexpr std::size_t longest = 300;
  return printable(fmt::format("{} is not read: {}", table, why), longest);
}

}  // namespace

TableWatch::TableWatch(std::string source, sql::Dialect const& dialect, SchemaName& schema,
                       std::chrono::milliseconds between_looks)
    : source_(std::move(source)),
      dialect_(dialect),
      schema_(schema),
      between_looks_(between_looks),
      next_look_((Clock::now() + between_looks_).time_since_epoch().count()) {}

Result<model::Catalog> TableWatch::read(Connection& connection, ReadLimits const& limits) {
  auto name = find_schema(connection, limits);
  if (!name) return std::move(name).error();
  schema_.set(*name);
  NotRead not_read;
  columns_ = columns_of(connection, *name, limits, &not_read);
  auto catalog = model::Catalog::of(columns_);
  if (!catalog) {
    auto error = std::move(catalog).error();
    if (dialect_.schemas() && !model::is_of_django(columns_)) error.hint += "; the role needs SELECT on them";
    for (auto const& [table, why] : not_read)
      if (error.message.find(' ' + table + '.') != std::string::npos) {
        error.hint = sentence(table, why);
        error.lasting = "one of its tables is not like AiiDA's own";
      }
    return error;
  }
  for (auto const& [table, why] : not_read) spdlog::warn("{}: {}", source_, sentence(table, why));
  return catalog;
}

void TableWatch::look(Connection& connection, ReadLimits const& limits) {
  auto const name = find_schema(connection, limits);
  if (!name) return;
  auto const now = columns_of(connection, *name, limits, nullptr);
  lost_tables_.look(columns_, now);
  bool const is_as_before = now == columns_ && *name == schema_.get();
  auto const catalog = model::Catalog::of(now);
  // Opening it anew tells that it has no tables of AiiDA's. Of a server, the role may just not be allowed to see them.
  is_empty_.note(!catalog && !dialect_.schemas() && !catalog.error().lasting.empty());
  if (!is_as_before && (catalog || is_empty_.is_so()) && !is_outdated_.exchange(true))
    spdlog::warn("{}: its tables have changed; it is opened anew", source_);
}

bool TableWatch::is_due() {
  auto const now = Clock::now().time_since_epoch().count();
  auto due = next_look_.load(std::memory_order_relaxed);
  return now >= due && next_look_.compare_exchange_strong(due, now + between_looks_.count());
}

Result<std::string> TableWatch::find_schema(Connection& connection, ReadLimits const& limits) const {
  auto const statement = schemas(dialect_, connection);
  if (!statement) return schema_.get();
  return schema_in(connection.read(*statement, limits));
}

model::Schema TableWatch::columns_of(Connection& connection, std::string const& in_schema, ReadLimits const& limits,
                                     NotRead* not_read) const {
  return columns_in(connection.read(dialect_.columns(in_schema), limits), not_read);
}

std::optional<sql::Statement> schemas(sql::Dialect const& dialect, Connection const& connection) {
  auto statement = dialect.schemas();
  if (!statement) return statement;
  if (auto path = connection.search_path()) return sql::schemas_on(*std::move(path));
  return statement;
}

Result<std::string> schema_in(Rows const& rows) {
  std::vector<SchemaFound> found;
  for (std::size_t row = 0; row < rows.size(); ++row)
    found.push_back({std::string(rows.at(row, 0).value_or("")), rows.at(row, 1) == "true"});
  return choose_schema(found);
}

model::Schema columns_in(Rows const& rows, NotRead* not_read) {
  model::Schema schema;
  for (std::size_t row = 0; row < rows.size(); ++row) {
    std::string name(rows.at(row, 0).value_or(""));
    auto const why = rows.at(row, 1);
    if (!why)
      schema.insert(std::move(name));
    else if (not_read)
      not_read->emplace(name.substr(0, name.find('.')), *why);
  }
  return schema;
}

}  // namespace restapi::store
