// SPDX-License-Identifier: MIT
#include "exporters/array.hpp"

#include <catch2/catch.hpp>
#include <cmath>
#include <limits>
#include <string>

#include "support/npy_file.hpp"

using namespace std::string_literals;
using restapi::Code;
using restapi::exporters::Array;
using restapi::exporters::numbers_of;
using restapi::exporters::read_npy;
using support::bytes_of;
using support::npy_of;

namespace {

using Doubles = std::vector<double>;
using Integers = std::vector<std::int64_t>;
using Texts = std::vector<std::string>;
using Shape = std::vector<std::size_t>;

Array array_of(std::string const& file) {
  auto read = read_npy(file);
  REQUIRE(read);
  return *std::move(read);
}

template <class Values>
Values values_of(std::string const& file) {
  auto const array = array_of(file);
  REQUIRE(std::holds_alternative<Values>(array.values));
  return std::get<Values>(array.values);
}

Code code_of(std::string const& file) {
  auto const read = read_npy(file);
  REQUIRE_FALSE(read);
  CHECK_FALSE(read.error().message.empty());
  return read.error().code;
}

}  // namespace

TEST_CASE("integers of all sizes and both orders", "[exporters][array]") {
  CHECK(values_of<Integers>(npy_of("|i1", "(3,)", "\x01\x80\xff")) == Integers{1, -128, -1});
  CHECK(values_of<Integers>(npy_of("|u1", "(2,)", "\x01\xff")) == Integers{1, 255});
  CHECK(values_of<Integers>(npy_of("<i2", "(2,)", "\x01\x00\xfe\xff"s)) == Integers{1, -2});
  CHECK(values_of<Integers>(npy_of(">i2", "(2,)", "\x00\x01\xff\xfe"s)) == Integers{1, -2});
  CHECK(values_of<Integers>(npy_of("<u2", "(1,)", "\xfe\xff")) == Integers{65534});
  CHECK(values_of<Integers>(npy_of(">u2", "(1,)", "\xff\xfe")) == Integers{65534});
  CHECK(values_of<Integers>(npy_of("<i4", "(1,)", "\xfe\xff\xff\xff")) == Integers{-2});
  CHECK(values_of<Integers>(npy_of(">i4", "(1,)", "\xff\xff\xff\xfe")) == Integers{-2});
  CHECK(values_of<Integers>(npy_of("<u4", "(1,)", "\xfe\xff\xff\xff")) == Integers{4294967294});
  CHECK(values_of<Integers>(npy_of(">u4", "(1,)", "\xff\xff\xff\xfe")) == Integers{4294967294});
  CHECK(values_of<Integers>(npy_of("<i8", "(1,)", "\x00\x00\x00\x00\x00\x00\x00\x80"s)) ==
        Integers{std::numeric_limits<std::int64_t>::min()});
  CHECK(values_of<Integers>(npy_of(">i8", "(1,)", "\xff\xff\xff\xff\xff\xff\xff\xfd")) == Integers{-3});
  CHECK(values_of<std::vector<std::uint64_t>>(npy_of("<u8", "(1,)", "\xfe\xff\xff\xff\xff\xff\xff\xff")) ==
        std::vector<std::uint64_t>{18446744073709551614U});
  CHECK(values_of<std::vector<std::uint64_t>>(npy_of(">u8", "(1,)", "\x00\x00\x00\x00\x00\x00\x01\x02"s)) ==
        std::vector<std::uint64_t>{258});
}

TEST_CASE("floats of all sizes and both orders", "[exporters][array]") {
  CHECK(values_of<Doubles>(npy_of("<f8", "(2,)", bytes_of(Doubles{0.1, -1e300}))) == Doubles{0.1, -1e300});
  CHECK(values_of<Doubles>(npy_of(">f8", "(1,)", "\x3f\xf8\0\0\0\0\0\0"s)) == Doubles{1.5});
  CHECK(values_of<Doubles>(npy_of("<f4", "(1,)", bytes_of(std::vector<float>{0.1F}))) == Doubles{double{0.1F}});
  CHECK(values_of<Doubles>(npy_of(">f4", "(1,)", "\xbf\xc0\0\0"s)) == Doubles{-1.5});
  CHECK(values_of<Doubles>(npy_of("f8", "(1,)", bytes_of(Doubles{2}))) == Doubles{2});
  CHECK(values_of<Doubles>(npy_of("=f8", "(1,)", bytes_of(Doubles{2}))) == Doubles{2});
  // 1, the smallest subnormal, the smallest normal, the largest, -2, 1/3 as nearly as possible
  CHECK(values_of<Doubles>(npy_of(">f2", "(6,)", "\x3c\x00\x00\x01\x04\x00\x7b\xff\xc0\x00\x35\x55"s)) ==
        Doubles{1, std::ldexp(1, -24), std::ldexp(1, -14), 65504, -2, 0.333251953125});
  auto const special = values_of<Doubles>(npy_of("<f2", "(4,)", "\x00\x7c\x00\xfc\x00\x7e\x00\x80"s));
  CHECK(special[0] == std::numeric_limits<double>::infinity());
  CHECK(special[1] == -std::numeric_limits<double>::infinity());
  CHECK(std::isnan(special[2]));
  CHECK((special[3] == 0 && std::signbit(special[3])));
}

TEST_CASE("booleans and texts", "[exporters][array]") {
  CHECK(values_of<std::vector<bool>>(npy_of("|b1", "(3,)", "\x00\x01\x02"s)) == std::vector<bool>{false, true, true});
  CHECK(values_of<Texts>(npy_of("|S3", "(3,)", "Fe\0abc\0\0\0"s)) == Texts{"Fe", "abc", ""});
  CHECK(values_of<Texts>(npy_of("|S4", "(2,)", "\xc3\xa9x\0\xe9\0x\0"s)) == Texts{"éx", "\xEF\xBF\xBD\0x"s});
  CHECK(values_of<Texts>(npy_of("<U2", "(2,)", "\xe9\0\0\0\0\x01\0\0O\0\0\0\0\0\0\0"s)) == Texts{"éĀ", "O"});
  CHECK(values_of<Texts>(npy_of(">U2", "(2,)", "\0\0\x01\0\0\0\0\0\0\x01\xf6\0\0\0\0O"s)) == Texts{"Ā", "😀O"});
  // A surrogate, and what is beyond Unicode.
  CHECK(values_of<Texts>(npy_of("<U2", "(1,)", "\0\xd8\0\0\0\0\x11\0"s)) == Texts{"\xEF\xBF\xBD\xEF\xBF\xBD"});
  CHECK(values_of<Texts>(npy_of("<U0", "(2,)", "")) == Texts{"", ""});
}

TEST_CASE("shapes and orders of indices", "[exporters][array]") {
  auto const one = array_of(npy_of("<f8", "()", bytes_of(Doubles{2.5})));
  CHECK(one.shape.empty());
  CHECK(std::get<Doubles>(one.values) == Doubles{2.5});
  auto const rows = array_of(npy_of("|i1", "(2, 3)", "\1\2\3\4\5\6"));
  CHECK(rows.shape == Shape{2, 3});
  CHECK(std::get<Integers>(rows.values) == Integers{1, 2, 3, 4, 5, 6});
  auto const columns = array_of(npy_of("|i1", "(2, 3)", "\1\4\2\5\3\6", true));
  CHECK(columns.shape == Shape{2, 3});
  CHECK(std::get<Integers>(columns.values) == Integers{1, 2, 3, 4, 5, 6});
  CHECK(values_of<Integers>(npy_of("|i1", "(2, 2, 2)", "\1\5\3\7\2\6\4\x08", true)) ==
        Integers{1, 2, 3, 4, 5, 6, 7, 8});
  auto const none = array_of(npy_of("<f8", "(5, 0)", ""));
  CHECK(none.shape == Shape{5, 0});
  CHECK(std::get<Doubles>(none.values).empty());
}

TEST_CASE("versions and ways to write the header", "[exporters][array]") {
  for (int const version : {1, 2, 3}) {
    CAPTURE(version);
    CHECK(values_of<Integers>(npy_of("{'descr': '|i1', 'fortran_order': False, 'shape': (1,), }"s, "\7", version)) ==
          Integers{7});
  }
  CHECK(values_of<Integers>(npy_of(R"({"shape":(1L,),"fortran_order":False,"descr":"|i1"})"s, "\7")) == Integers{7});
  CHECK(code_of(npy_of("{'descr': '|i1', 'fortran_order': False, 'shape': (1,), }"s, "\7", 4)) ==
        Code::export_not_possible);
}

TEST_CASE("types that are no numbers and no texts", "[exporters][array]") {
  for (std::string const type :
       {"|O", "<c8", "<c16", "<f16", "<M8[ns]", "<m8[s]", "|V4", "<i3", "<f", "", "<", "<U", "<f08"}) {
    CAPTURE(type);
    CHECK(code_of(npy_of(type, "(1,)", "12345678")) == Code::export_not_possible);
  }
  CHECK(code_of(npy_of("{'descr': [('a', '<f8')], 'fortran_order': False, 'shape': (1,), }"s, "12345678")) ==
        Code::export_not_possible);
}

TEST_CASE("headers that are not what the format says", "[exporters][array]") {
  for (std::string const header : {"",
                                   "{",
                                   "}",
                                   "{}",
                                   "{'descr'",
                                   "{'descr': ",
                                   "{'descr': '<f8",
                                   "{'descr': <f8}",
                                   "{'descr': '<f8', 'fortran_order': False}",
                                   "{'descr': '<f8', 'fortran_order': false, 'shape': (1,)}",
                                   "{'descr': '<f8', 'fortran_order': 0, 'shape': (1,)}",
                                   "{'descr': '<f8', 'fortran_order': False, 'shape': (1,), 'more': 1}",
                                   "{'descr': '<f8', 'descr': '<f8', 'fortran_order': False, 'shape': (1,)}",
                                   "{'descr': '<f8' 'fortran_order': False, 'shape': (1,)}",
                                   "{'descr': '<f8', 'fortran_order': False, 'shape': (1,)} x",
                                   "{'descr': '<\\x668', 'fortran_order': False, 'shape': (1,)}",
                                   "{'descr': '<f8', 'fortran_order': False, 'shape': (1)}",
                                   "{'descr': '<f8', 'fortran_order': False, 'shape': 1}",
                                   "{'descr': '<f8', 'fortran_order': False, 'shape': (,)}",
                                   "{'descr': '<f8', 'fortran_order': False, 'shape': (1,,)}",
                                   "{'descr': '<f8', 'fortran_order': False, 'shape': (-1,)}",
                                   "{'descr': '<f8', 'fortran_order': False, 'shape': (1.0,)}",
                                   "{'descr': '<f8', 'fortran_order': False, 'shape': (1"}) {
    CAPTURE(header);
    CHECK(code_of(npy_of(header, "12345678")) == Code::export_not_possible);
  }
}

TEST_CASE("sizes that do not fit the shape", "[exporters][array]") {
  for (std::string const shape :
       {"(2,)", "(0,)", "(1000000000,)", "(18446744073709551615,)", "(18446744073709551616,)",
        "(4294967296, 4294967297)", "(2305843009213693953,)", "(18446744073709551615, 0, 2)"}) {
    CAPTURE(shape);
    CHECK(code_of(npy_of("<f8", shape, "12345678")) == Code::export_not_possible);
  }
  CHECK(code_of(npy_of("<f8", "(1,)", "1234567")) == Code::export_not_possible);
  CHECK(code_of(npy_of("<f8", "(1,)", "123456789")) == Code::export_not_possible);
  CHECK(code_of(npy_of("<U0", "(1000000000,)", "")) == Code::export_not_possible);
  CHECK(code_of(npy_of("<U4611686018427387905", "(1,)", "1234")) == Code::export_not_possible);
  CHECK(code_of(npy_of("|S99999999999999999999", "(1,)", "1234")) == Code::export_not_possible);
  std::string many = "(";
  for (int i = 0; i < 64; ++i) many += "1,";
  CHECK(array_of(npy_of("|i1", many + ")", "\1")).shape.size() == 64);
  CHECK(code_of(npy_of("|i1", many + "1)", "\1")) == Code::export_not_possible);
}

TEST_CASE("files that are cut short", "[exporters][array]") {
  auto const file = npy_of("<f8", "(2, 1)", bytes_of(Doubles{1, 2}));
  for (std::size_t size = 0; size < file.size(); ++size)
    CHECK(code_of(file.substr(0, size)) == Code::export_not_possible);
  auto const second = npy_of("{'descr': '<f8', 'fortran_order': False, 'shape': (), }"s, "12345678", 2);
  for (std::size_t size = 0; size < second.size(); ++size)
    CHECK(code_of(second.substr(0, size)) == Code::export_not_possible);
  CHECK(code_of("\x93NUMPY\x02\0\xff\xff\xff\xff{}"s) == Code::export_not_possible);
  CHECK(code_of("PK\3\4 something else") == Code::export_not_possible);
}

TEST_CASE("any byte of a file may be another", "[exporters][array]") {
  auto const file = npy_of("<f8", "(2, 1)", bytes_of(Doubles{1, 2}));
  for (std::size_t place = 0; place < file.size(); ++place)
    for (int byte = 0; byte < 256; ++byte) {
      auto other = file;
      other[place] = static_cast<char>(byte);
      auto const read = read_npy(other);
      if (!read) CHECK(read.error().code == Code::export_not_possible);
    }
}

TEST_CASE("arrays as doubles", "[exporters][array]") {
  CHECK(*numbers_of({{2}, Integers{1, -2}}) == Doubles{1, -2});
  CHECK(*numbers_of({{2}, std::vector<bool>{true, false}}) == Doubles{1, 0});
  CHECK(*numbers_of({{1}, std::vector<std::uint64_t>{18446744073709551615U}}) == Doubles{18446744073709551616.0});
  CHECK(*numbers_of({{2}, Doubles{0.5, 1}}) == Doubles{0.5, 1});
  auto const texts = numbers_of({{1}, Texts{"1"}});
  REQUIRE_FALSE(texts);
  CHECK(texts.error().code == Code::export_not_possible);
}
