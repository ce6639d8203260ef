// SPDX-License-Identifier: MIT
/// The schemas of sql/schema, as the catalog sees them, without a database.
///
///   auto const& catalog = test::catalog_of("postgresql_gen1");
///   auto const& nodes = *catalog.find("nodes");
#pragma once

#include <fstream>
#include <map>
#include <regex>
#include <stdexcept>
#include <string>

#include "model/catalog.hpp"
#include "support/source_path.hpp"

namespace restapi::test {

inline constexpr char const* schema_names[] = {"postgresql_gen1", "postgresql_gen2", "sqlite_gen1", "sqlite_gen2"};

/// Reads the CREATE TABLE statements: one column per line, constraints in capitals.
inline model::Schema schema_of(std::string const& name) {
  static std::regex const table_line("CREATE TABLE (\\w+) \\($"), column_line("  ([a-z_]+) .*");
  std::ifstream file(source_path("sql/schema/" + name + ".sql"));
  model::Schema schema;
  std::string table;
  for (std::string line; std::getline(file, line);) {
    std::smatch match;
    if (std::regex_match(line, match, table_line)) table = match[1];
    if (line.starts_with(")")) table.clear();
    if (!table.empty() && std::regex_match(line, match, column_line)) schema.insert(table + "." + match[1].str());
  }
  return schema;
}

/// Lives as long as the program.
inline model::Catalog const& catalog_of(std::string const& name) {
  static std::map<std::string, model::Catalog> catalogs;
  auto found = catalogs.find(name);
  if (found == catalogs.end()) {
    auto catalog = model::Catalog::of(schema_of(name));
    if (!catalog) throw std::runtime_error(name + ": " + catalog.error().message);
    found = catalogs.emplace(name, *std::move(catalog)).first;
  }
  return found->second;
}

}  // namespace restapi::test
