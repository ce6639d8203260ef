// SPDX-License-Identifier: MIT
#include "api/data.hpp"

#include <algorithm>
#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

using namespace restapi;
using namespace restapi::api;
using Choice = query::Members::Choice;

namespace {

AnswerLimits limits;  // none

using Cells = std::vector<std::optional<std::string_view>>;

store::Rows rows(std::size_t width, Cells const& cells) {
  store::Rows result(width);
  for (auto const& cell : cells) result.add(cell);
  return result;
}

/// Columns of a resource, under their own names.
query::View view(std::string_view resource, std::vector<std::string_view> const& columns) {
  std::vector<query::FieldRow> fields;
  for (auto const column : columns) fields.push_back({column, column, query::Use::everywhere, "", ""});
  return query::View({resource, "", "", fields});
}

Result<std::string> document(std::optional<std::string_view> stored, query::Members const& members = {}) {
  return data_of(Document{"attributes", rows(1, {stored}), 0, members}, limits);
}

std::string content(std::optional<std::string_view> stored, query::Members const& members = {}) {
  auto const data = document(stored, members);
  return data ? *data : "error " + std::to_string(static_cast<int>(data.error().code));
}

}  // namespace

TEST_CASE("rows are objects of their fields", "[data]") {
  auto const nodes = view("nodes", {"ctime", "id", "label", "mtime", "process_state", "node_type", "uuid"});
  auto one = rows(7, {"2016-04-29 19:24:12+00", "386913", "", "2016-04-29 19:24:13.5+00", std::nullopt,
                      "calculation.inline.InlineCalculation.", "68d2ed6c-6f51-4546-8d10-7fe063525ab8"});
  CHECK(data_of(Objects{"nodes", nodes.projection, std::move(one)}, limits) ==
        "{\"nodes\":[{\"ctime\":\"Fri, 29 Apr 2016 19:24:12 GMT\",\"id\":386913,\"label\":\"\","
        "\"mtime\":\"Fri, 29 Apr 2016 19:24:13 GMT\","
        "\"node_type\":\"calculation.inline.InlineCalculation.\",\"process_state\":null,"
        "\"uuid\":\"68d2ed6c-6f51-4546-8d10-7fe063525ab8\"}]}");
  CHECK(data_of(Objects{"inputs", nodes.projection, store::Rows(7)}, limits) == "{\"inputs\":[]}");
}

TEST_CASE("booleans of either store are true or false", "[data]") {
  auto const computers = view("computers", {"enabled", "label"});
  auto const computer = [&](std::string_view enabled) {
    return data_of(Objects{"computers", computers.projection, rows(3, {"4", enabled, "Beta"}), 1}, limits);
  };
  for (auto const* yes : {"t", "1"}) CHECK(computer(yes) == "{\"computers\":[{\"enabled\":true,\"label\":\"Beta\"}]}");
  for (auto const* no : {"f", "0"}) CHECK(computer(no) == "{\"computers\":[{\"enabled\":false,\"label\":\"Beta\"}]}");
}

TEST_CASE("date-times that HTTP cannot say come out as stored", "[data]") {
  auto const users = view("users", {"date_joined", "id"});
  CHECK(data_of(Objects{"users", users.projection, rows(2, {"infinity", "1"})}, limits) ==
        "{\"users\":[{\"date_joined\":\"infinity\",\"id\":1}]}");
}

TEST_CASE("attributes and extras come out as stored, chosen by name", "[data][document]") {
  auto const* const stored = R"({"trialStr": "trial", "trialFloat": 3.0, "trialInt": 34, "trialBool": true})";
  CHECK(content(stored) == R"({"attributes":{"trialBool":true,"trialFloat":3.0,"trialInt":34,"trialStr":"trial"}})");
  CHECK(content(stored, {Choice::only, {"trialBool", "trialInt", "absent"}}) ==
        R"({"attributes":{"trialBool":true,"trialInt":34}})");
  CHECK(content(stored, {Choice::except, {"trialBool", "trialInt", "absent"}}) ==
        R"({"attributes":{"trialFloat":3.0,"trialStr":"trial"}})");
  CHECK(content(std::nullopt) == R"({"attributes":{}})");
  CHECK(content("null") == R"({"attributes":{}})");
  CHECK(content("{}", {Choice::only, {"a"}}) == R"({"attributes":{}})");
}

TEST_CASE("numbers that JSON does not have, and bytes that are no UTF-8, leave the rest as stored",
          "[data][document]") {
  auto const* const stored = "{\"energy\": 1.5, \"enthalpy\": Infinity, \"note\": \"NaN \xFF\"}";
  CHECK(content(stored) == "{\"attributes\":{\"energy\":1.5,\"enthalpy\":null,\"note\":\"NaN \xEF\xBF\xBD\"}}");
  CHECK(content(stored, {Choice::only, {"energy"}}) == R"({"attributes":{"energy":1.5}})");
}

TEST_CASE("what is stored but no object cannot be read", "[data][error]") {
  for (auto const* stored : {"[]", "1", "\"x\"", "{", "{\"a\":nan}", "", "{} {}", "NaN"}) {
    CAPTURE(stored);
    CHECK(content(stored) == "error 407");
  }
}

TEST_CASE("of a document that cannot be read no word is shown", "[data][error]") {
  auto const why = [](std::string const& stored) { return document(stored).error().message; };
  CHECK(why("[\"secret\"]") == "the database has attributes here that are no JSON object");
  auto const deep = "{\"secret\":" + std::string(1100, '[') + std::string(1100, ']') + "}";
  CHECK(why(deep) == "the database has attributes here that are broken JSON, or nested deeper than 1000 levels");
}

TEST_CASE("statistics add up", "[data]") {
  auto counted = rows(3, {"data.Data.", "2016-04-29", "3", "data.Data.", "2016-04-30", "4", "code.Code.", "2016-04-29",
                          "5", std::nullopt, std::nullopt, "1"});
  CHECK(data_of(Statistics{std::move(counted)}, limits) ==
        R"({"ctime_by_day":{"2016-04-29":8,"2016-04-30":4},"total":13,"types":{"code.Code.":5,"data.Data.":7}})");
  CHECK(data_of(Statistics{store::Rows(3)}, limits) == R"({"ctime_by_day":{},"total":0,"types":{}})");
}

TEST_CASE("names that are chosen are looked up, not searched for", "[data][limits]") {
  std::string stored = "{", chosen = "{\"attributes\":{";
  query::Members members{Choice::only, {}};
  for (int i = 1'000'000; i < 1'400'000; ++i) {
    stored += "\"" + std::to_string(i) + "\":1,";
    if (i % 100 == 0) {
      members.names.push_back(std::to_string(i));
      chosen += (i > 1'000'000 ? ",\"" : "\"") + std::to_string(i) + "\":1";
    }
  }
  stored.back() = '}';
  CHECK((content(stored, members) == chosen + "}}"));
}

TEST_CASE("rows that would become too large are refused before they are written", "[data][limits]") {
  std::string const label(30 << 20, '\x01');  // six bytes for each
  auto const nodes = view("nodes", {"id", "label"});
  try {
    data_of(Objects{"nodes", nodes.projection, rows(2, {"1", label})}, limits);
    FAIL("it was written");
  } catch (Interrupted const& interrupted) {
    CHECK(interrupted.error.code == Code::answer_too_large);
  }
  auto const data = data_of(Objects{"nodes", nodes.projection, rows(2, {"1", label.substr(0, 5 << 20)})}, limits);
  CHECK(data.size() > 30u << 20);
  CHECK(data.capacity() < data.size() + 2048);
}
