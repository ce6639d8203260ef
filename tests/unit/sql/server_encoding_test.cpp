// SPDX-License-Identifier: MIT
#include "sql/server_encoding.hpp"

#include <catch2/catch.hpp>

using restapi::sql::ServerEncoding;

TEST_CASE("texts of other encodings become UTF-8, with U+FFFD for what is no character", "[sql][encoding]") {
  auto const decoded = [](std::string_view encoding, std::string_view text) {
    auto const* const found = ServerEncoding::find(encoding);
    REQUIRE(found);
    return found->decode(text);
  };
  CHECK(decoded("WIN1252", "").empty());
  CHECK(decoded("WIN1252", "caf\xE9 \x80 \x81!") == "caf\xC3\xA9 \xE2\x82\xAC \xEF\xBF\xBD!");
  CHECK(decoded("KOI8R", "\xF6") == "\xD0\x96");
  CHECK(decoded("EUC_JP", "z\xC6\xFC\xCB\xDC") == "z\xE6\x97\xA5\xE6\x9C\xAC");
  CHECK(decoded("EUC_JP", "\x8E\xB1 \x8F\xB0\xA1") == "\xEF\xBD\xB1 \xE4\xB8\x82");  // of other tables
  CHECK(decoded("EUC_JP", "a\xF8\xFE\x8F\xF5\xA1z") == "a\xEF\xBF\xBD\xEF\xBF\xBDz");
  CHECK(decoded("EUC_JP", "a\xC6") == "a\xEF\xBF\xBD");                      // cut short
  CHECK(decoded("EUC_JIS_2004", "\xA4\xF7") == "\xE3\x81\x8B\xE3\x82\x9A");  // two characters of Unicode
  CHECK(decoded("EUC_JIS_2004", "\xA1\xB1") == "\xE2\x80\xBE");              // PostgreSQL's, not glibc's
  CHECK(decoded("EUC_TW", "\xC4\xA1\x8E\xA2\xA1\xA1\xFD\xFE") == "\xE4\xB8\x80\xE4\xB9\x82\xEF\xBF\xBD");
}

TEST_CASE("what an encoding has beyond Unicode is known, by ranges", "[sql][encoding]") {
  auto const of = [](std::string_view encoding) { return ServerEncoding::find(encoding)->without_equivalent(); };
  CHECK(of("LATIN2").empty());
  CHECK(of("WIN1251") == "[\\U00000098-\\U00000098]");
  CHECK(of("WIN1252") ==
        "[\\U00000081-\\U00000081\\U0000008d-\\U0000008d\\U0000008f-\\U00000090\\U0000009d-\\U0000009d]");
  CHECK(of("EUC_JP").find("\\U0000f8fe") == std::string::npos);  // within a range
  CHECK(of("EUC_JP").size() < 1500);
}

TEST_CASE("UTF-8, bytes of any encoding and unknown encodings need no table", "[sql][encoding]") {
  for (auto const* name : {"UTF8", "SQL_ASCII", "LATIN1", "MULE_INTERNAL", "", "win1252"}) {
    INFO(name);
    CHECK(ServerEncoding::find(name) == nullptr);
  }
  CHECK(ServerEncoding::find("EUC_KR") == ServerEncoding::find("EUC_KR"));
  CHECK(restapi::sql::sends_utf8("UTF8"));
  CHECK(restapi::sql::sends_utf8("LATIN1"));
  CHECK_FALSE(restapi::sql::sends_utf8("LATIN9"));
}
