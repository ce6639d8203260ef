// SPDX-License-Identifier: MIT
#include "api/feed/socket_io/workspace.hpp"

#include <catch2/catch.hpp>

using namespace restapi::api::feed::socket_io;

TEST_CASE("an offset is a cursor and a workspace", "[feed][socket_io]") {
  CHECK(offset_text("MS8z", "*") == "MS8z~*");
  for (std::string const workspace : {"*", "", "a~b", "b1db2ba3-9d5b-4b5e-9f8c-0d1c5b7f0a11", "größer"}) {
    auto const read = read_offset(offset_text("MS8z", workspace));
    REQUIRE(read);
    CHECK(read->cursor == "MS8z");
    CHECK(read->workspace == workspace);
  }
  CHECK(read_offset("~*")->cursor.empty());
  CHECK_FALSE(read_offset(""));
  CHECK_FALSE(read_offset("MS8z"));
  CHECK_FALSE(read_offset("MS8z~" + std::string(2000, 'x')));
}

TEST_CASE("a group is called by its uuid, in any case", "[feed][socket_io]") {
  CHECK(uuid_of_group("B1DB2BA3-9d5b-4b5e-9f8c-0d1c5b7f0a11") == "b1db2ba3-9d5b-4b5e-9f8c-0d1c5b7f0a11");
  for (auto const* text : {"", "*", "b1db2ba3-9d5b-4b5e-9f8c-0d1c5b7f0a1", "b1db2ba3-9d5b-4b5e-9f8c-0d1c5b7f0a1g",
                           "b1db2ba309d5b-4b5e-9f8c-0d1c5b7f0a11", "b1db2ba3-9d5b-4b5e-9f8c-0d1c5b7f0a111"})
    CHECK_FALSE(uuid_of_group(text));
  CHECK(is_whole_profile("*", "quick"));
  CHECK(is_whole_profile("quick", "quick"));
  CHECK_FALSE(is_whole_profile("other", "quick"));
  CHECK_FALSE(is_whole_profile("", "quick"));
}

TEST_CASE("the workspace is the first argument", "[feed][socket_io]") {
  CHECK(*wanted_workspace(R"("*")") == "*");
  CHECK(*wanted_workspace(R"("gr\u00f6\u00dfer",1)") == "größer");
  for (std::string const arguments : {"", "1", "null", "[\"*\"]", "{}", "\"\""})
    CHECK_FALSE(wanted_workspace(arguments));
  CHECK_FALSE(wanted_workspace('"' + std::string(2000, 'x') + '"'));
}

TEST_CASE("what a client says of itself", "[feed][socket_io]") {
  auto const auth = read_auth(R"({"token":"t","jwt_token":"j","pid":"p1","offset":"MS8z~*","more":{"token":"x"}})");
  CHECK(auth.token == "t");
  CHECK(auth.pid == "p1");
  CHECK(auth.offset == "MS8z~*");
  CHECK(read_auth(R"({"jwt_token":"j"})").token == "j");
  CHECK(read_auth(R"({"token":1,"jwt_token":"j"})").token == "j");
  for (auto const* json : {"{}", R"({"token":null,"pid":7,"offset":[]})"}) {
    auto const none = read_auth(json);
    CHECK((none.token + none.pid + none.offset).empty());
  }
}
