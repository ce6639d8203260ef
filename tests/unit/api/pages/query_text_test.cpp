// SPDX-License-Identifier: MIT
#include "api/pages/query_text.hpp"

#include <catch2/catch.hpp>

using namespace restapi::api::pages;
using Clauses = std::vector<std::string>;

TEST_CASE("a query string falls into its clauses", "[pages]") {
  CHECK(clauses_of("").empty());
  CHECK(clauses_of("id>45&type=like=\"%data%\"") == Clauses{"id>45", "type=like=\"%data%\""});
  CHECK(clauses_of("label=\"a&b\"&&x=1") == Clauses{"label=\"a&b\"", "x=1"});
  CHECK(clauses_of("(state=\"killed\"|id=1&x=2)&limit=5") == Clauses{"(state=\"killed\"|id=1&x=2)", "limit=5"});
  CHECK(clauses_of(")))&a=1&(((") == Clauses{")))", "a=1", "((("});
}

TEST_CASE("a clause has a key, and is a filter or says which rows are shown", "[pages]") {
  CHECK(key_of("type=like=\"x\"") == "type");
  CHECK(key_of("id!=4") == "id");
  CHECK(key_of("(a=1|b=2)").empty());
  CHECK(is_filter("id>4"));
  CHECK_FALSE(is_filter("orderby=-id"));
  CHECK(number_of({"id>4", "limit=20"}, "limit") == 20);
  CHECK_FALSE(number_of({"limit=x", "offset="}, "limit"));
  CHECK(without({"limit=1", "id>4", "limit=2"}, "limit") == Clauses{"id>4"});
}

TEST_CASE("clauses are encoded for an address", "[pages]") {
  CHECK(query_of({}).empty());
  CHECK(query_of({"id>4", "label=\"100% & é\""}) == "?id%3E4&label=%22100%25%20&%20%C3%A9%22");
}

TEST_CASE("a value is quoted where the language wants it", "[pages]") {
  for (auto const* plain : {"45", "-3", "true", "2024-09-02T05:45", "\"quoted\"", "silicon"})
    CHECK(written(plain) == plain);
  CHECK(written("a b") == "\"a b\"");
  CHECK(written("5\" disk") == "\"5\"\" disk\"");
  CHECK(written("%data%") == "\"%data%\"");
  CHECK(written("-") == "\"-\"");
  CHECK(written("aiida.calculations:arithmetic.add") == "\"aiida.calculations:arithmetic.add\"");
}

TEST_CASE("a form is decoded as browsers send it", "[pages]") {
  CHECK_FALSE(form_of("id=45"));
  auto const form = form_of("_key=label&_operator=%3Dilike%3D&_value=a+b%26&_query=limit%3D5&_other=x");
  REQUIRE(form);
  CHECK(form->key == "label");
  CHECK(form->op == "=ilike=");
  CHECK(form->value == "a b&");
  CHECK(form->query == "limit=5");
  CHECK_FALSE(form_of("_=\"t1\""));
  CHECK(form_of("_query=")->query.empty());
  CHECK(form_of("_find=%")->search == "%");
}
