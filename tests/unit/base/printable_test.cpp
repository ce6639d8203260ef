// SPDX-License-Identifier: MIT
#include "base/printable.hpp"

#include <catch2/catch.hpp>

using restapi::printable;

TEST_CASE("text from a stranger stays on its line", "[printable]") {
  CHECK(printable("") == "");
  CHECK(printable("Zürich 5 Å") == "Zürich 5 Å");
  CHECK(printable("a\nb\r\x1b[2J\x7f") == "a\uFFFDb\uFFFD\uFFFD[2J\uFFFD");
  CHECK(printable("\xC2\x9B"
                  "1m") == "\uFFFD1m");  // the control sequence introducer of ISO 6429 in eight bits
  CHECK(printable("\xff\xc3") == "\uFFFD\uFFFD");
  CHECK(printable(std::string_view("a\0b", 3)) == "a\uFFFDb");
}

TEST_CASE("long text ends before a character that would be cut", "[printable]") {
  CHECK(printable("abc", 3) == "abc");
  CHECK(printable("abcd", 3) == "abc…");
  CHECK(printable("abü", 3) == "ab…");
}
