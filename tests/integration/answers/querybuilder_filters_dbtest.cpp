// SPDX-License-Identifier: MIT
// Filters and casts in queries of a graph of tables.
#include "support/querybuilder_answers.hpp"

using namespace restapi;
using test::check;
using test::check_filters;
using test::Fixture;

TEST_CASE("filters of columns", "[querybuilder][filters]") {
  check_filters({
      {R"({"id": 26})", "[26]"},
      {R"({"id": "26"})", "[26]"},
      {R"({"id": 26.5})", "[]"},
      {R"({"id": {"<": 2.5}})", "[1,2]"},
      {R"({"id": {">=": 38.5}})", "[39]"},
      {R"({"id": {">": 1e30}})", "[]"},
      {R"({"id": {"!>": 1e30, "<": 3}})", "[1,2]"},
      {R"({"id": {"in": [1, 2.0, 3.5, null, 1e40]}})", "[1,2]"},
      {R"({"id": {"like": "3_"}, "user_id": 2})", "[39]"},
      {R"({"id": {"!in": [1], "<=": 2}})", "[2]"},
      {R"({"dbcomputer_id": {"==": null}, "id": {"<": 3}})", "[1,2]"},
      {R"({"dbcomputer_id": {"!==": null}})", "[7,8,9]"},
      {R"({"computer": {"!==": 1}})", "[8]"},
      {R"({"computer": {"!in": [1.5]}})", "[7,8,9]"},
      {R"({"label": "M"})", "[14]"},
      {R"({"label": {">": "mz"}, "description": "order of strings"})", "[17,18,19,20,22]"},
      {R"({"label": {"<=": "M", ">": ""}, "description": "order of strings"})", "[13,14,23,24,25]"},
      {R"({"label": {"like": "_"}, "description": "order of strings"})", "[13,14,17,18,19,20,22,23,24]"},
      {R"({"label": {"like": "M_"}})", "[15]"},
      {R"({"label": {"ilike": "M_"}})", "[15,16]"},
      {R"({"label": {"like": "\\%"}})", "[24]"},
      {R"({"label": {"like": "a\\\\b"}})", "[25]"},
      {R"({"uuid": "17735B6B-1ebe-426b-809e-0b8e639115f0"})", "[1]"},
      {R"({"uuid": "no uuid"})", "[]"},
      {R"({"uuid": {"like": "17735%"}})", "[1]"},
      {R"({"uuid": {"ilike": "17735%"}})", "[1]"},
      {R"({"uuid": {"in": ["17735b6b-1ebe-426b-809e-0b8e639115f0", "x"]}})", "[1]"},
      {R"({"ctime": "2024-03-01"})", "[35,36]"},
      {R"({"ctime": {">=": "2024-03-01T01:00:00+01:00", "<": "2024-03-01T05:46:00Z"}})", "[35,36,37]"},
      {R"({"ctime": {">": "2024-02-29T23:59:59.999999", "<=": "2024-03-01"}})", "[35,36]"},
      {R"({"mtime": "2024-03-01 00:00:00.500000"})", "[36]"},
      {R"({"ctime": {"in": ["2024-03-01", "2024-03-01T05:46", "2024-03-01"]}})", "[35,36,38]"},
      {R"({"ctime": {"like": "2024-03-01%"}, "id": {"<": 36}})", "[35]"},
      {R"({"process_type": {"==": null}, "id": {"in": [8, 9]}})", "[8]"},
      {R"({"node_type": {"like": "data.core.c%"}})", "[5,7]"},
      {R"({"label": {"or": [{"==": "m"}, {"==": "M"}]}})", "[13,14]"},
      {R"({"label": {"!and": [{">=": ""}, {"!==": "m"}]}})", "[13]"},
      {R"({"or": [{"id": 1}, {"and": [{"id": 2}, {"label": "x"}]}, {}]})", "[1]"},
      {R"({"~or": [{"id": {">": 2}}, {"id": 1}]})", "[2]"},
      {R"({"!and": [{"process_type": {"like": "demo.%"}}], "id": {"in": [9, 11, 13]}})", "[9]"},  // of 13 it is unknown
  });
}

TEST_CASE("types are filters", "[querybuilder][filters]") {
  check_filters({{R"({"id": {"<": 10}})", "[1,3,5,7]"}}, "data.core.Core.");
  check_filters({{"{}", "[7]"}}, "data.core.code.abstract.AbstractCode.");
  check_filters({{R"({"id": {"<": 3}})", "[1,2]"},
                 {R"({"node_type": "data.code.Code."})", "[8]"},
                 {R"({"or": [{"node_type": "process.calculation.calcjob.CalcJobNode."}, {"id": 1}]})", "[1]"}},
                "data.Data.");
  check_filters({{"{}", "[9,10,11,12]"}}, "process.ProcessNode.");
  check_filters({{"{}", "[10,12]"}}, "process.workflow.WorkflowNode.");
  check_filters({{R"({"label": {"like": "phonons"}})", "[640]"}}, "process.calculation.calcjob.CalcJobNode.",
                Fixture::document);
  check(
      Fixture::generation2,
      {{R"({"path": [{"entity_type": ["data.core.cif.CifData.", "data.core.folder.FolderData."], "tag": "n"}],
              "project": {"n": "id"}})",
        R"({"n":[{"id":5},{"id":33}]})"},
       {R"({"path": [{"entity_type": "data.core.cif.CifData.", "tag": "n", "subclassing": false}], "project": {"n": "id"}})",
        R"({"n":[{"id":5}]})"},
       {R"({"path": [{"entity_type": "data.Data.", "tag": "n", "subclassing": false}], "project": {"n": "id"}})",
        "{}"}});
}

TEST_CASE("filters of JSON", "[querybuilder][filters]") {
  check_filters({
      {R"({"attributes.value": 34})", "[34]"},
      {R"({"attributes.value": {"==": 34.0}})", "[34]"},
      {R"({"attributes.value": {">": 37}})", "[38,39]"},
      {R"({"attributes.value": {"=>": 38, "=<": 38}})", "[38]"},
      {R"({"attributes.value": {"in": [34, 39, null]}})", "[34,39]"},
      {R"({"attributes.value": {"in": [null]}})", "[]"},
      {R"({"attributes.value": {"==": "M"}})", "[14]"},
      {R"({"attributes.value": {">": "mz"}})", "[17,18,19,20,22]"},
      {R"({"attributes.value": {"like": "M_"}})", "[15]"},
      {R"({"attributes.value": {"ilike": "M_"}})", "[15,16]"},
      {R"({"attributes.value": {"in": ["M", "m", "M"]}})", "[13,14]"},
      {R"({"attributes.value": "34"})", "[]"},
      {R"({"attributes.yes": true})", "[28]"},
      {R"({"attributes.yes": 1})", "[]"},
      {R"({"attributes.no": {"<": true}})", "[28]"},
      {R"({"attributes.no": {"in": [true, false]}})", "[28]"},
      {R"({"attributes.yes": {">": true}})", "[]"},
      {R"({"attributes.value": {"!==": 34}, "id": {">=": 33}})", "[33,35,36,37,38,39]"},  // 33 has none
      {R"({"attributes.value": {"!in": [34]}, "id": {"in": [33, 34]}})", "[33]"},
      {R"({"attributes.none": null})",
       "[1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23,24,25,26,27,28,29,30,"
       "31,32,33,34,35,36,37,38,39]"},
      {R"({"attributes.input_plugin": {"==": null}, "id": 7})", "[7]"},
      {R"({"attributes.yes": {"!==": null}})", "[28]"},
      {R"({"attributes.cell.0.0": 3})", "[1]"},
      {R"({"attributes.cell.-1.2": 3})", "[1]"},
      {R"({"attributes.cell.-3.00": 3})", "[1]"},
      {R"({"attributes.cell.-4": {"of_type": "array"}})", "[]"},
      {R"({"attributes.array|bands.0": 3})", "[4]"},
      {R"({"attributes.with space": 1})", "[28]"},
      {R"({"attributes.with.dot": 2})", "[]"},
      {R"({"attributes.": 3})", "[28]"},
      {R"({"attributes.a.b.c.1.1.1.d": {"of_type": "null", "==": null}, "id": {"<": 29, ">": 27}})", "[28]"},
      {R"({"attributes.cell": {"==": [[3, 0, 0], [0, 3.0, 0], [0, 0, 3]]}})", "[1]"},
      {R"({"attributes": {"==": {"value": "m"}}})", "[13]"},
      {R"({"attributes": {"==": {}}})", "[29,33]"},
      {R"({"attributes.list": []})", "[28]"},
      {R"({"attributes.dict": {"==": []}})", "[]"},
      {R"({"attributes.cell": {"in": [[], [[3, 0, 0], [0, 3.0, 0], [0, 0, 3]], null]}})", "[1,2]"},
      {R"({"attributes": {"in": [{"value": "m"}, {"value": "n"}]}})", "[13,17]"},
      {R"({"attributes.cell": {"!in": [[[3, 0, 0], [0, 3, 0], [0, 0, 3]]]}, "id": {"<": 4}})", "[2,3]"},
      {R"({"attributes.mesh": {"contains": [4]}})", "[3]"},
      {R"({"attributes.mesh": {"contains": 4}})", "[3]"},
      {R"({"attributes.mesh": {"contains": [4, 5]}})", "[]"},
      {R"({"attributes": {"contains": {"mesh": [4]}}})", "[3]"},
      {R"({"attributes.kinds": {"contains": [{"name": "Fe"}]}})", "[1]"},
      {R"({"attributes.mesh": {"!contains": [5]}})", "[3]"},  // of all others it is unknown
      {R"({"attributes.value": {"!contains": [5]}, "id": 13})", "[13]"},
      {R"({"attributes": {"has_key": "mesh"}})", "[3]"},
      {R"({"attributes": {"!has_key": "value"}, "id": {"in": [13, 28, 30, 31]}})", "[28,31]"},
      {R"({"attributes.symbols": {"has_key": "Fe"}})", "[]"},
      {R"({"attributes.mesh": {"of_length": 3}})", "[3]"},
      {R"({"attributes.list": {"of_length": 0}})", "[28]"},
      {R"({"attributes.cell": {"longer": 2}})", "[1]"},
      {R"({"attributes.cell": {"shorter": 3}})", "[2]"},
      {R"({"attributes.cell": {"!longer": 2}, "id": {"<": 4}})", "[2,3]"},
      {R"({"attributes.cell": {"of_type": "array"}})", "[1,2]"},
      {R"({"attributes.cell": {"!of_type": "array"}})", "[]"},
      {R"({"attributes": {"of_type": "null"}})", "[30,31]"},
      {R"({"attributes": {"!of_type": "null"}, "id": {">": 28, "<": 33}})", "[29,32]"},
      {R"({"attributes.dict": {"of_type": "object"}})", "[28]"},
      {R"({"attributes.huge": {">": 1e300}})", "[26]"},
      {R"({"attributes.long": {"==": 123456789012345678901234567890.123456789}})", "[26]"},
      {R"({"attributes.clé": "Ångström"})", "[27]"},
      {R"({"repository_metadata.o": {"has_key": "empty"}})", "[33]"},
      {R"({"extras.rank": {"==": 3}})", "[26]"},
      {R"({"or": [{"attributes.value": {"<": 35}}, {"attributes.value": {"!<": 39}}], "id": {">": 33}})", "[34,39]"},
      {R"({"attributes.value": {"!and": [{">": 30}, {"<": 38}]}, "id": {">": 32}})", "[33,38,39]"},
  });
}

TEST_CASE("casts make of JSON what it can be", "[querybuilder]") {
  auto const cast = [](std::string const& id, std::string const& path, std::string const& letter) {
    return R"({"path": [{"entity_type": "", "tag": "n"}], "filters": {"n": {"id": )" + id +
           R"(}}, "project": {"n": {"attributes.)" + path + R"(": {"cast": ")" + letter +
           R"("}}}, "project_map": {"n": {"attributes.)" + path + R"(": "x"}}})";
  };
  auto const is = [](std::string const& value) { return R"({"n":[{"x":)" + value + "}]}"; };
  check(Fixture::generation2,
        {{cast("26", "three", "f"), is("3.0")},     {cast("26", "three", "i"), is("3")},
         {cast("26", "half", "i"), is("null")},     {cast("26", "half", "f"), is("1.5")},
         {cast("26", "three", "t"), is("\"3.0\"")}, {cast("26", "zero", "b"), is("false")},
         {cast("26", "minus", "b"), is("null")},    {cast("28", "yes", "b"), is("true")},
         {cast("28", "yes", "t"), is("\"true\"")},  {cast("28", "none", "t"), is("null")},
         {cast("28", "x", "f"), is("null")},        {cast("27", "empty", "f"), is("null")},
         {cast("27", "clé", "j"), is("null")},      {cast("28", "a", "f"), is("null")},
         {cast("28", "list", "t"), is("\"[]\"")},   {cast("28", "a.b.c.1", "t"), is(R"("[2,[3,{\"d\":null}]]")")},
         {cast("28", "dict", "j"), is("{}")},       {cast("13", "value", "d"), is("null")},
         {cast("26", "tiny", "f"), is("1e-07")},    {cast("28", "no", "j"), is("false")}});
}
