// SPDX-License-Identifier: MIT
#include "store/sqlite/documents.hpp"

#include <catch2/catch.hpp>
#include <string>

#include "query/json_number.hpp"

using namespace restapi;
using store::DocumentPath;
using store::DocumentSearch;
using store::FoundInDocument;

namespace {

FoundInDocument find(std::string_view path, std::string_view json) {
  auto const read = DocumentPath::read(path);
  REQUIRE(read);
  FoundInDocument found;
  CHECK(DocumentSearch{*read}.run(json, found));
  return found;
}

/// "string a", "array 3", "nothing".
std::string said(std::string_view path, std::string_view json) {
  auto const found = find(path, json);
  if (!found.value) return "nothing";
  auto const& [type, text] = *found.value;
  if (type == "array" || type == "object") return std::string(type) + " " + std::to_string(found.length);
  return std::string(type) + (text.empty() ? "" : " " + text);
}

std::string number(std::string_view text) { return "number " + query::sort_key(*query::read_json_number(text)); }

}  // namespace

TEST_CASE("what is at a path of a document", "[sqlite][documents]") {
  std::string_view const json =
      R"({"a":{"b":[1,"x",{"c":true},null,[]],"0":"zero"},"é":-2.50e1,"big":123456789012345678901234567890,"e":{}})";
  CHECK(said(R"(["a"])", json) == "object 2");
  CHECK(said(R"(["a","b"])", json) == "array 5");
  CHECK(said(R"(["a","b",0])", json) == number("1"));
  CHECK(said(R"(["a","b",1])", json) == "string x");
  CHECK(said(R"(["a","b",2,"c"])", json) == "boolean true");
  CHECK(said(R"(["a","b",3])", json) == "null");
  CHECK(said(R"(["a","b",4])", json) == "array 0");
  CHECK(said(R"(["a","b",5])", json) == "nothing");
  CHECK(said(R"(["a","b","0"])", json) == "nothing");  // a key, and no index
  CHECK(said(R"(["a",0])", json) == "string zero");
  CHECK(said(R"(["a","0"])", json) == "string zero");
  CHECK(said(R"(["é"])", json) == number("-25"));
  CHECK(said(R"(["big"])", json) == number("123456789012345678901234567890"));
  CHECK(said(R"(["a"])", R"({"a":-1e399})") == number("-1e399"));
  CHECK(said(R"(["a"])", R"({"a":1e-5000})") == number("1e-5000"));
  CHECK(said(R"(["e"])", json) == "object 0");
  CHECK(said(R"(["b"])", json) == "nothing");
  CHECK(said(R"(["a","b",1,"c"])", json) == "nothing");
  CHECK(said(R"(["a"])", "5") == "nothing");
  CHECK(said(R"([0])", R"([["x"]])") == "array 1");
  CHECK(said("[]", json) == "object 4");
}

TEST_CASE("indices that count from the end of an array", "[sqlite][documents]") {
  std::string_view const json = R"({"a":[[1,2],["x","y","z"]],"-1":"key","007":"seven"})";
  CHECK(said(R"(["a",["-1"],["-1"]])", json) == "string z");
  CHECK(said(R"(["a",["-2"],["-2"]])", json) == number("1"));
  CHECK(said(R"(["a",["-1"],["001"]])", json) == "string y");
  CHECK(said(R"(["a",["-1"],["-3"]])", json) == "string x");
  CHECK(said(R"(["a",["-1"],["-4"]])", json) == "nothing");
  CHECK(said(R"(["a",["-0"],0])", json) == number("1"));
  CHECK(said(R"([["-1"]])", json) == "string key");
  CHECK(said(R"([["007"]])", json) == "string seven");
  CHECK(said(R"([["99999999999999999999"]])", "[1]") == "nothing");
  CHECK(said(R"([["-99999999999999999999"]])", "[1]") == "nothing");
}

TEST_CASE("of two members with the same key the last one counts", "[sqlite][documents]") {
  CHECK(said(R"(["a"])", R"({"a":1,"a":"x"})") == "string x");
  CHECK(said(R"(["a","b"])", R"({"a":{"b":1},"a":{"c":2}})") == "nothing");
  CHECK(said(R"(["a","b"])", R"({"a":{"b":1},"a":5})") == "nothing");
  CHECK(said(R"(["a"])", R"({"a":[1,2,3],"a":[4]})") == "array 1");
}

TEST_CASE("what is no JSON is mended, or has nothing", "[sqlite][documents]") {
  CHECK(said(R"(["a"])", R"({"a":NaN,"b":1})") == "null");
  CHECK(said(R"(["b"])", R"({"a":-Infinity,"b":1})") == number("1"));
  for (auto const* const broken : {"", "{", "{\"a\":", "nothing", "{\"a\":1}}", "[1,]"})
    CHECK(said(R"(["a"])", broken) == "nothing");
}

TEST_CASE("a half of a surrogate pair takes nothing else away", "[sqlite][documents]") {
  std::string_view const json =
      R"({"a":"x\ud800y","\uDFFF":2,"c":"\ud83e\uddea","d":"\\ud800","e":["\ud800\ud83e\uddea\udc00"]})";
  CHECK(said(R"(["a"])", json) == "string x\uFFFDy");
  CHECK(said("[\"\uFFFD\"]", json) == number("2"));
  CHECK(said(R"(["c"])", json) == "string \U0001F9EA");
  CHECK(said(R"(["d"])", json) == R"(string \ud800)");
  CHECK(said(R"(["e",0])", json) == "string \uFFFD\U0001F9EA\uFFFD");
}

TEST_CASE("keys and elements are looked for one step below", "[sqlite][documents]") {
  auto const path = DocumentPath::read(R"(["a"])");
  FoundInDocument found;
  auto const has_key = [&](std::string_view key, std::string_view json) {
    DocumentSearch{*path, [key](std::string_view name) { return name == key; }}.run(json, found);
    return found.has_key;
  };
  CHECK(has_key("b", R"({"a":{"c":{"x":1},"b":2}})"));
  CHECK_FALSE(has_key("x", R"({"a":{"c":{"x":1},"b":2},"x":1})"));
  CHECK_FALSE(has_key("b", R"({"a":{"b":1},"a":{}})"));
  auto const number_of_found = [&](std::string const& wanted, std::string_view json) {
    auto const values = store::WantedValues::read(wanted);
    REQUIRE(values);
    DocumentSearch const search{*path, {}, [&](store::DocumentValue const& value) { return values->number_of(value); }};
    search.run(json, found);
    return found.elements.size();
  };
  CHECK(number_of_found(R"(["string x"])", R"({"a":[1,"x"]})") == 1);
  CHECK(number_of_found(R"(["string x","string x","boolean true"])", R"({"a":[true,"x","x"]})") == 2);
  CHECK(number_of_found(R"(["string x"])", R"({"a":[["x"],{"x":"x"}]})") == 0);
  CHECK(number_of_found(R"(["string x"])", R"({"a":["x"],"a":[]})") == 0);
  CHECK(number_of_found(R"(["string 1"])", R"({"a":[1]})") == 0);
  CHECK(number_of_found("[\"number " + query::sort_key(*query::read_json_number("1")) + "\"]", R"({"a":[[2],1.0]})") ==
        1);
}

TEST_CASE("a search is stopped", "[sqlite][documents]") {
  auto const path = DocumentPath::read(R"(["a"])");
  std::string json = "[";
  for (int i = 0; i < 10'000; ++i) json += "1,";
  FoundInDocument found;
  CHECK_FALSE(DocumentSearch{*path, {}, {}, [] { return true; }}.run(json + "1]", found));
  CHECK_FALSE(DocumentPath::read("{}"));
  CHECK_FALSE(DocumentPath::read("[1.5]"));
  CHECK_FALSE(DocumentPath::read("["));
}
