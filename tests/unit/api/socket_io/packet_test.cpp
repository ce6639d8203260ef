// SPDX-License-Identifier: MIT
#include "api/socket_io/packet.hpp"

#include <catch2/catch.hpp>

using namespace restapi::api::socket_io;

namespace {

/// Type, attachments, namespace, id and data, with blanks between; "-" where there is none.
std::string shown(std::string_view text) {
  auto const packet = read_packet(text);
  if (!packet) return "none";
  return std::to_string(static_cast<int>(packet->type)) + " " + std::to_string(packet->attachments) + " " +
         packet->name_space + " " + (packet->id ? std::to_string(*packet->id) : "-") + " " + packet->data;
}

}  // namespace

TEST_CASE("packets are taken apart, and put together again", "[socket_io][packet]") {
  struct Case {
    std::string text;
    std::string expected;
  };
  auto const cases = std::vector<Case>{
      {"0", "0 0 / - "},
      {R"(0{"token":"123"})", R"(0 0 / - {"token":"123"})"},
      {"0/custom,", "0 0 /custom - "},
      {R"(0/custom,{"token":"123"})", R"(0 0 /custom - {"token":"123"})"},
      {"1", "1 0 / - "},
      {"1/custom,", "1 0 /custom - "},
      {R"(2["foo"])", R"(2 0 / - ["foo"])"},
      {R"(2/custom,12["foo",1])", R"(2 0 /custom 12 ["foo",1])"},
      {R"(212["foo", {"a": [1, "\""]}])", R"(2 0 / 12 ["foo", {"a": [1, "\""]}])"},
      {"3/custom,13[1]", "3 0 /custom 13 [1]"},
      {"312[]", "3 0 / 12 []"},
      {R"(4/random,{"message":"no"})", R"(4 0 /random - {"message":"no"})"},
      {R"(51-["baz",{"_placeholder":true,"num":0}])", R"(5 1 / - ["baz",{"_placeholder":true,"num":0}])"},
      {R"(52-/custom,7["baz"])", R"(5 2 /custom 7 ["baz"])"},
      {"61-/custom,15[]", "6 1 /custom 15 []"},
  };
  for (auto const& [text, expected] : cases) {
    CAPTURE(text);
    CHECK(shown(text) == expected);
    CHECK(text_of(*read_packet(text)) == text);
  }
  CHECK(shown("0/custom") == "0 0 /custom - ");
  CHECK(shown("1/custom") == "1 0 /custom - ");
}

TEST_CASE("what is no packet is refused", "[socket_io][packet]") {
  for (auto const* text : {"",
                           "abc",
                           "7",
                           "9[\"a\"]",
                           "2",
                           "2{}",
                           "2[]",
                           "2[1]",
                           "2[null]",
                           "2[\"a\"",
                           "2[\"a\"]]",
                           "2[\"a\",]",
                           "2\"a\"",
                           "2abc[\"a\"]",
                           "2-1[\"a\"]",
                           "21234567890123456[\"a\"]",
                           "2[\"connect\"]",
                           "2[\"disconnect\",1]",
                           "2[\"\\u0063onnect\"]",
                           "0[]",
                           "0\"a\"",
                           "0{",
                           "0null",
                           "1{}",
                           "1[]",
                           "3",
                           "3{}",
                           "4",
                           "4[]",
                           "5[\"a\"]",
                           "5-[\"a\"]",
                           "50-[\"a\"]",
                           "51[\"a\"]",
                           "5x-[\"a\"]",
                           "51.5-[\"a\"]",
                           "51-",
                           "6-[]",
                           "60-[]"}) {
    CAPTURE(text);
    CHECK(shown(text) == "none");
  }
  CHECK(shown(std::string("2[\"a\"]\0 and more", 15)) == "none");
  CHECK(shown("2" + std::string(100'000, '[')) == "none");
}

TEST_CASE("an event is a name and arguments", "[socket_io][packet]") {
  auto const name = [](std::string_view data) { return split(data).name; };
  auto const arguments = [](std::string_view data) { return std::string(split(data).arguments); };
  CHECK(name(R"(["message",1,"2",{"3":[true]}])") == "message");
  CHECK(arguments(R"(["message",1,"2",{"3":[true]}])") == R"(1,"2",{"3":[true]})");
  CHECK(name(R"( [ "a\"],\\" ] )") == "a\"],\\");
  CHECK(arguments(R"( [ "a\"],\\" ] )").empty());
  CHECK(name(R"(["\u00e9" , [1] ])") == "\xc3\xa9");
  CHECK(arguments(R"(["\u00e9" , [1] ])") == "[1]");
}
