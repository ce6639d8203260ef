// SPDX-License-Identifier: MIT
#include "base/database_message.hpp"

#include <catch2/catch.hpp>

using restapi::without_values;

TEST_CASE("what a database says is logged without the values of the request", "[database_message]") {
  struct Case {
    std::string message, expected;
  };
  Case const cases[] = {
      {"Cannot execute query. Fatal error. ERROR:  column n.label does not exist at character 23\nHINT:  Perhaps you "
       "meant \"n.labelx\".\n while executing \"SELECT n.id FROM db_dbnode AS n WHERE n.label = :p1\" with "
       ":p1=\"geheim\", :p2=400.",
       "Cannot execute query. Fatal error. ERROR:  column n.label does not exist at character 23 while executing "
       "\"SELECT n.id FROM db_dbnode AS n WHERE n.label = :p1\""},
      {"ERROR:  invalid input syntax for type json\nDETAIL:  Token \"geheim\" is invalid.\nCONTEXT:  JSON data, line "
       "1: "
       "geheim...\n",
       "ERROR:  invalid input syntax for type json"},
      {"ERROR:  invalid input syntax for type integer: \"geheim\"\nLINE 1: SELECT 'geheim'",
       "ERROR:  invalid input syntax for type integer: \"…\""},
      {"ERROR:  invalid input syntax for type integer: \"geh\"e\nim\"",
       "ERROR:  invalid input syntax for type integer: \"…\""},
      {"x while executing \"SELECT :p1\" with :p1=\"a\\\" with :p2= while executing \\\"\".",
       "x while executing \"SELECT :p1\""},
      {"connection to server at \"127.0.0.1\", port 1 failed: Connection refused\n\tIs the server running on that "
       "host?",
       "connection to server at \"127.0.0.1\", port 1 failed: Connection refused; Is the server running on that host?"},
      {"ERROR:  permission denied for table db_dbgroup\n while executing \"SELECT 1\" with :p1=4.",
       "ERROR:  permission denied for table db_dbgroup while executing \"SELECT 1\""},
      {"aiida: list: SQLSTATE 42501: ERROR:  permission denied for table db_dbgroup\n while executing \"SELECT 1\".",
       "aiida: list: SQLSTATE 42501: ERROR:  permission denied for table db_dbgroup while executing \"SELECT 1\"."},
      {"ERROR:  permission denied for table db_dbgroup\n", "ERROR:  permission denied for table db_dbgroup"},
      {"database \"nowhere\" does not exist", "database \"nowhere\" does not exist"},
      {"database disk image is malformed while executing \"SELECT 1\" with :p1=4.",
       "database disk image is malformed while executing \"SELECT 1\""},
      {"ERROR:  invalid input syntax for type integer: \"geheim\" at character 8\n while executing \"SELECT 1\".",
       "ERROR:  invalid input syntax for type integer: \"…\" at character 8 while executing \"SELECT 1\"."},
      {"ERROR:  invalid input syntax for type integer: \"geheim\nHINT: x\"\nLINE 1: SELECT",
       "ERROR:  invalid input syntax for type integer: \"…\""},
      {"ERROR:  invalid input syntax for type integer: \"a\" geheim\nHINT: x\"\nLINE 1: SELECT",
       "ERROR:  invalid input syntax for type integer: \"…\""},
      {"old: \"/data/old.aiida\" is an export of AiiDA 1.x or older (it has a data.json)",
       "old: \"/data/old.aiida\" is an export of AiiDA 1.x or older (it has a data.json)"},
      {"old: \"/data/my \"old\".aiida\" is not an AiiDA archive: it has no metadata.json",
       "old: \"/data/my \"old\".aiida\" is not an AiiDA archive: it has no metadata.json"},
      {"", ""},
      {": \"", ": \""},
  };
  for (auto const& c : cases) {
    CAPTURE(c.message);
    CHECK(without_values(c.message) == c.expected);
  }
}
