// SPDX-License-Identifier: MIT
#include "query/fold.hpp"

#include <catch2/catch.hpp>

using restapi::query::after_prefix;
using restapi::query::fold;

TEST_CASE("ASCII letters fold and nothing else does", "[query][fold]") {
  CHECK(fold("AiiDA 2.0_Z[@") == "aiida 2.0_z[@");
  CHECK(fold("\xC3\x89t\xC3\xA9") == "\xC3\x89t\xC3\xA9");  // É and é stay two letters
  CHECK(fold("").empty());
}

TEST_CASE("the least text after all that begin with a prefix", "[query][fold]") {
  CHECK(after_prefix("m") == "n");
  CHECK(after_prefix("data.") == "data/");
  CHECK(after_prefix("a\x7F") == "a\xC2\x80");
  CHECK(after_prefix("\xC3\xA9") == "\xC3\xAA");
  CHECK(after_prefix("\xED\x9F\xBF") == "\xEE\x80\x80");      // surrogates are passed over
  CHECK(after_prefix("\xEF\xBF\xBF") == "\xF0\x90\x80\x80");  // three bytes become four
  CHECK(after_prefix("a\xF4\x8F\xBF\xBF") == "b");            // U+10FFFF has no next
  CHECK(after_prefix("a\xF4\x8F\xBF\xBF\xF4\x8F\xBF\xBF") == "b");
  CHECK_FALSE(after_prefix(""));
  CHECK_FALSE(after_prefix("\xF4\x8F\xBF\xBF"));
}
