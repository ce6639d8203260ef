// SPDX-License-Identifier: MIT
#include "model/catalog.hpp"

#include <catch2/catch.hpp>

#include "support/schemas.hpp"

using namespace restapi;
using model::Catalog;
using test::catalog_of;
using test::schema_of;

namespace {

std::string_view sql_of(Catalog const& catalog, std::string_view resource, std::string_view column) {
  auto const& bound = *catalog.find(resource);
  auto const* found = model::find_column(*bound.resource, column);
  return bound.columns[static_cast<std::size_t>(found - bound.resource->columns.data())].text();
}

}  // namespace

TEST_CASE("every schema we build has its place for every column", "[model][catalog]") {
  for (auto const* name : test::schema_names) {
    CAPTURE(name);
    auto const& catalog = catalog_of(name);
    REQUIRE(catalog.resources().size() == model::all_resources().size());
    for (auto const& bound : catalog.resources()) {
      CAPTURE(bound.name());
      REQUIRE(bound.columns.size() == bound.resource->columns.size());
      for (auto const& sql : bound.columns) CHECK_FALSE(sql.empty());
      CHECK(bound.kind.empty() == (!bound.resource->is_node || bound.name() == "nodes"));
      CHECK(catalog.find(bound.name()) == &bound);
    }
    CHECK(catalog.nodes().name() == "nodes");
    CHECK(catalog.find("node") == nullptr);
    CHECK(catalog.find("") == nullptr);
  }
}

TEST_CASE("the columns that exist decide which place is read", "[model][catalog]") {
  struct Case {
    std::string_view resource, column, older, newer;
  };
  static constexpr Case cases[] = {
      {"nodes", "node_type", "n.type", "n.node_type"},
      {"nodes", "label", "n.label", "n.label"},
      {"computers", "label", "c.name", "c.label"},
      {"computers", "enabled", "c.enabled", "CAST(true AS boolean)"},
      {"computers", "transport_params", "CAST(c.transport_params AS text)", "CAST('{}' AS text)"},
      {"groups", "label", "g.name", "g.label"},
      {"groups", "type_string", "g.type", "g.type_string"},
      {"users", "date_joined", "u.date_joined", "CAST(NULL AS timestamp)"},
      {"users", "last_login", "u.last_login", "CAST(NULL AS timestamp)"},
      {"users", "is_active", "u.is_active", "CAST(NULL AS boolean)"},
  };
  for (auto const* engine : {"postgresql", "sqlite"}) {
    auto const& older = catalog_of(std::string(engine) + "_gen1");
    auto const& newer = catalog_of(std::string(engine) + "_gen2");
    for (auto const& row : cases) {
      CAPTURE(engine, row.resource, row.column);
      CHECK(sql_of(older, row.resource, row.column) == row.older);
      CHECK(sql_of(newer, row.resource, row.column) == row.newer);
    }
    CHECK(sql_of(older, "nodes", "process_state").find("db_dbcalcstate") != std::string_view::npos);
    CHECK(sql_of(newer, "nodes", "process_state") ==
          "substr(coalesce(n.attributes ->> 'process_state', n.attributes ->> 'state'), 1, 10000)");
  }
}

TEST_CASE("AiiDA 1.x, whose computers still have a name, is read column by column", "[model][catalog]") {
  auto schema = schema_of("postgresql_gen2");
  schema.erase("db_dbcomputer.label");
  schema.insert("db_dbcomputer.name");
  auto const catalog = Catalog::of(schema);
  REQUIRE(catalog);
  CHECK(sql_of(*catalog, "computers", "label") == "c.name");
  CHECK(sql_of(*catalog, "groups", "label") == "g.label");
  CHECK(sql_of(*catalog, "nodes", "node_type") == "n.node_type");
}

TEST_CASE("the kinds of nodes are conditions on the type", "[model][catalog]") {
  struct Case {
    std::string_view resource, older, newer;
  };
  static constexpr Case cases[] = {
      {"nodes", "", ""},
      {"calculations", "n.type LIKE 'calculation.%'", "n.node_type LIKE 'process.%'"},
      {"codes", "n.type LIKE 'code.%'", "(n.node_type LIKE 'data.core.code.%' OR n.node_type LIKE 'data.code.%')"},
      {"data", "n.type LIKE 'data.%'",
       "(n.node_type LIKE 'data.%' AND n.node_type NOT LIKE 'data.core.code.%' AND n.node_type NOT LIKE "
       "'data.code.%')"},
      {"structures", "n.type LIKE 'data.structure.%'",
       "(n.node_type LIKE 'data.core.structure.%' OR n.node_type LIKE 'data.structure.%')"},
      {"kpoints", "n.type LIKE 'data.array.kpoints.%'",
       "(n.node_type LIKE 'data.core.array.kpoints.%' OR n.node_type LIKE 'data.array.kpoints.%')"},
      {"bands", "n.type LIKE 'data.array.bands.%'",
       "(n.node_type LIKE 'data.core.array.bands.%' OR n.node_type LIKE 'data.array.bands.%')"},
      {"cifs", "n.type LIKE 'data.cif.%'", "(n.node_type LIKE 'data.core.cif.%' OR n.node_type LIKE 'data.cif.%')"},
      {"upfs", "n.type LIKE 'data.upf.%'", "(n.node_type LIKE 'data.core.upf.%' OR n.node_type LIKE 'data.upf.%')"},
  };
  for (auto const& row : cases) {
    CAPTURE(row.resource);
    CHECK(catalog_of("sqlite_gen1").find(row.resource)->kind.text() == row.older);
    CHECK(catalog_of("sqlite_gen2").find(row.resource)->kind.text() == row.newer);
  }
}

TEST_CASE("a database that lacks a table is refused", "[model][catalog][error]") {
  for (auto const* name : test::schema_names) {
    for (std::string const table : {"db_dbnode.", "db_dblink.", "db_dbcomputer.", "db_dbuser.", "db_dbgroup."}) {
      CAPTURE(name, table);
      auto schema = schema_of(name);
      REQUIRE(std::erase_if(schema, [&](auto const& column) { return column.starts_with(table); }) > 0);
      auto const catalog = Catalog::of(schema);
      REQUIRE_FALSE(catalog);
      CHECK(catalog.error().code == Code::source_refused);
      CHECK(catalog.error().message.starts_with("this is no AiiDA database: it has no column " + table));
      CHECK_FALSE(catalog.error().hint.empty());
    }
  }
  auto const nothing = Catalog::of({});
  REQUIRE_FALSE(nothing);
  CHECK(nothing.error().code == Code::source_refused);
}

TEST_CASE("a database of AiiDA 0.x with the Django backend is called so", "[model][catalog][error]") {
  for (auto const* name : {"postgresql_gen1", "sqlite_gen1"}) {
    auto schema = schema_of(name);
    schema.erase("db_dbnode.attributes");
    schema.erase("db_dbnode.extras");
    CHECK_FALSE(model::is_of_django(schema));
    schema.insert("db_dbattribute.dbnode_id");
    CHECK(model::is_of_django(schema));
    auto const catalog = Catalog::of(schema);
    REQUIRE_FALSE(catalog);
    CHECK(catalog.error().code == Code::source_refused);
    CHECK(catalog.error().message == "this is a database of AiiDA 0.x with the Django backend, which cannot be read");
    CHECK(catalog.error().hint == "migrate it with AiiDA 1.x (`verdi database migrate`)");
    CHECK(catalog.error().lasting == "it is a database of AiiDA 0.x with the Django backend, which cannot be read");
    schema.insert("db_dbnode.attributes");  // of AiiDA 1.x, with the old tables still there
    schema.insert("db_dbnode.extras");
    CHECK(Catalog::of(schema));
  }
}

TEST_CASE("a database without any table of AiiDA stays so, one with some may be half way", "[model][catalog][error]") {
  for (auto const& schema : {model::Schema{}, model::Schema{"shopping.item"}})
    CHECK(Catalog::of(schema).error().lasting == "it has no tables of AiiDA that this server may read");
  auto schema = schema_of("postgresql_gen2");
  schema.erase("db_dbnode.attributes");
  CHECK(Catalog::of(schema).error().lasting.empty());
}

TEST_CASE("an expression never names a column that the database lacks", "[model][catalog]") {
  // Whichever single column is missing: the database is refused, or no chosen expression reads the column.
  static std::pair<std::string, std::string> const aliases[] = {{"db_dbnode.", "n."},
                                                                {"db_dbcomputer.", "c."},
                                                                {"db_dbuser.", "u."},
                                                                {"db_dbgroup.", "g."},
                                                                {"db_dbcalcstate.", "s."}};
  auto const word_byte = [](char byte) { return std::isalnum(static_cast<unsigned char>(byte)) || byte == '_'; };
  auto const names = [&](std::string_view sql, std::string const& column) {
    auto const at = sql.find(column);
    if (at == sql.npos || (at > 0 && word_byte(sql[at - 1]))) return false;
    return at + column.size() == sql.size() || !word_byte(sql[at + column.size()]);
  };
  for (auto const* name : test::schema_names) {
    auto const whole = schema_of(name);
    for (auto const& missing : whole) {
      auto schema = whole;
      schema.erase(missing);
      auto const catalog = Catalog::of(schema);
      if (!catalog) continue;
      for (auto const& [table, alias] : aliases) {
        if (!missing.starts_with(table) || table == "db_dbcalcstate.") continue;
        auto const column = alias + missing.substr(table.size());
        CAPTURE(name, missing);
        for (auto const& bound : catalog->resources()) {
          bool const is_its_table = bound.resource->table.text().starts_with("@" + table.substr(0, table.size() - 1));
          if (!is_its_table) continue;
          CHECK_FALSE(names(bound.kind.text(), column));
          for (auto const& sql : bound.columns) CHECK_FALSE(names(sql.text(), column));
        }
      }
    }
  }
}

TEST_CASE("relations whose tables are not there, or not AiiDA's, are not", "[model][catalog]") {
  auto schema = test::schema_of("postgresql_gen2");
  auto const& group = *model::find_relation("nodes", "group");
  auto const& caller = *model::find_relation("nodes", "caller");
  auto const complete = Catalog::of(schema);
  REQUIRE(complete);
  for (auto const& relation : model::relations()) CHECK(complete->has(relation));
  std::erase_if(schema, [](auto const& column) { return column.starts_with("db_dbgroup_dbnodes."); });
  auto const without_members = Catalog::of(schema);
  REQUIRE(without_members);
  CHECK_FALSE(without_members->has(group));
  CHECK_FALSE(without_members->has(*model::find_relation("groups", "node")));
  CHECK(without_members->has(caller));
  schema.erase("db_dblink.type");
  auto const without_types = Catalog::of(schema);
  REQUIRE(without_types);
  CHECK_FALSE(without_types->has(caller));
  CHECK_FALSE(without_types->has(*model::find_relation("nodes", "ancestor")));
  CHECK(without_types->has(*model::find_relation("nodes", "input")));
}
