// SPDX-License-Identifier: MIT
#include "api/feed/socket_io/shapes.hpp"

#include <catch2/catch.hpp>

using namespace restapi;
using namespace restapi::api::feed;
using namespace restapi::api::feed::socket_io;

TEST_CASE("times have microseconds, as both databases write them", "[feed][socket_io]") {
  for (auto const& [stored, text] : std::vector<std::pair<std::string, std::string>>{
           {"2025-03-14 19:20:09+00", "2025-03-14 19:20:09.000000"},
           {"2025-03-14 19:20:09.12+00", "2025-03-14 19:20:09.120000"},
           {"2025-03-14 19:20:09.123456", "2025-03-14 19:20:09.123456"},
           {"2025-03-14T19:20:19", "2025-03-14 19:20:19.000000"},
           {"2025-03-14T19:20:09.500000Z", "2025-03-14 19:20:09.500000"},
           {"infinity", "infinity"},
           {"", ""},
       })
    CHECK(time_text(stored) == text);
}

TEST_CASE("extras are values by name", "[feed][socket_io]") {
  CHECK(values_json(R"({ "project": "oxides" })") == R"([{"name":"project","value":"oxides"}])");
  CHECK(values_json(R"({"b":[1,{"c":"},\""}],"a\"b":{"x":1.50},"a":null})") ==
        R"([{"name":"a","value":null},{"name":"a\"b","value":{"x":1.50}},{"name":"b","value":[1,{"c":"},\""}]}])");
  CHECK(values_json(R"({"a":NaN})") == R"([{"name":"a","value":null}])");
  for (auto const* other : {"{}", "[1]", "null", "", "\"text\"", "{\"a\":", "1"}) CHECK(values_json(other) == "[]");
}

TEST_CASE("an item", "[feed][socket_io]") {
  NodeItem item{"8e28e2c2-ba1f-45ea-b8f2-138e7a49d5b2"};
  CHECK(item_json(item, "") ==
        R"({"id":"8e28e2c2-ba1f-45ea-b8f2-138e7a49d5b2","created_at":null,"updated_at":null,"name":"","error":null,)"
        R"("state":null,"document_type":"","user_id":null,"column_id":null,"collection_id":null,)"
        R"("original_file_id":null,"locked_by_user_id":null,"deleted":false,"values":[],"page_count":0,)"
        R"("comment_count":0})");
  item.ctime = "2025-03-14 19:20:09+00";
  item.mtime = "2025-03-14 19:20:37.5+00";
  item.label = "scf \"magnesium\" oxide";
  item.exit_status = "400";
  item.exit_message = "did not converge";
  item.state = "finished";
  item.type = "process.calculation.calcjob.CalcJobNode.";
  item.user = 1;
  item.computer = "5d2f3c1a-0d3c-4b0e-8a9e-2f3a5c7b9d11";
  item.extras = R"({"project": "oxides"})";
  item.comments = 2;
  CHECK(item_json(item, "b1db2ba3-9d5b-4b5e-9f8c-0d1c5b7f0a11") ==
        R"({"id":"8e28e2c2-ba1f-45ea-b8f2-138e7a49d5b2","created_at":"2025-03-14 19:20:09.000000",)"
        R"("updated_at":"2025-03-14 19:20:37.500000","name":"scf \"magnesium\" oxide","error":"did not converge",)"
        R"("state":"finished","document_type":"process.calculation.calcjob.CalcJobNode.","user_id":"1",)"
        R"("column_id":"b1db2ba3-9d5b-4b5e-9f8c-0d1c5b7f0a11","collection_id":"5d2f3c1a-0d3c-4b0e-8a9e-2f3a5c7b9d11",)"
        R"("original_file_id":null,"locked_by_user_id":null,"deleted":false,)"
        R"("values":[{"name":"project","value":"oxides"}],"page_count":0,"comment_count":2})");
  item.exit_status = "0";
  CHECK(item_json(item, "").find(R"("error":null)") != std::string::npos);
}

TEST_CASE("a column, as far as it has changed", "[feed][socket_io]") {
  store::ChangeTime const at(std::chrono::microseconds(1'741'980'037'000'250));
  GroupItem const group{"b1db2ba3-9d5b-4b5e-9f8c-0d1c5b7f0a11", "oxides", "core", "of \"Mg\"", 3};
  CHECK(column_json(group, at) ==
        R"({"id":"b1db2ba3-9d5b-4b5e-9f8c-0d1c5b7f0a11","updated_at":"2025-03-14 19:20:37.000250","name":"oxides",)"
        R"("workflow_id":null,"type":"core","settings":{"description":"of \"Mg\""}})");
  CHECK(
      column_size_json(group, at) ==
      R"({"id":"b1db2ba3-9d5b-4b5e-9f8c-0d1c5b7f0a11","updated_at":"2025-03-14 19:20:37.000250","subscribed_items":3})");
  CHECK(gone_column_json(group.uuid) == R"({"id":"b1db2ba3-9d5b-4b5e-9f8c-0d1c5b7f0a11","deleted":true})");
}
