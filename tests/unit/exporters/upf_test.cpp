// SPDX-License-Identifier: MIT
#include "exporters/upf.hpp"

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "upf_files.hpp"

using nlohmann::json;
using namespace restapi;
using namespace restapi::exporters;
using namespace restapi::test;

namespace {

Node node_with(std::string attributes) {
  return {"uuid", "label", std::move(attributes), [](std::string_view path) -> Result<std::string> {
            if (path == "a \"b\".UPF") return std::string(norm_conserving_1);
            return Error{Code::store_failed, "there is no such file"};
          }};
}

/// Either an answer that is JSON, or an error that says something.
void answers(std::string_view file) {
  auto const made = upf_json(file, "X.upf");
  if (made)
    CHECK(json::accept(*made));
  else
    CHECK(made.error().code == Code::export_not_possible);
}

std::vector<std::string_view> const files = {norm_conserving_1, ultrasoft_1, norm_conserving_2, ultrasoft_2, paw_2};

}  // namespace

TEST_CASE("the first lines tell the version of a UPF", "[exporters][upf]") {
  CHECK(upf_json(norm_conserving_1, ""));
  CHECK(upf_json(norm_conserving_2, ""));
  CHECK(upf_json(ultrasoft_2, ""));
  for (auto const& file :
       {std::string(), std::string("\n"), std::string("<PP_INF"), "\n" + std::string(norm_conserving_1),
        "\n\n" + std::string(norm_conserving_2), std::string("{\"a\": 1}"), std::string(3, '\0')}) {
    auto const made = upf_json(file, "");
    REQUIRE_FALSE(made);
    CHECK(made.error().code == Code::export_not_possible);
    CHECK(made.error().message == "the file is no UPF of version 1 or 2");
  }
}

TEST_CASE("the file that a node names is converted", "[exporters][upf]") {
  auto const made = upf_json_of(node_with(R"({"filename": "a \"b\".UPF", "element": "X"})"));
  REQUIRE(made);
  CHECK(json::parse(*made)["pseudo_potential"]["header"]["original_upf_file"] == "a \"b\".UPF");
  CHECK(*made == *upf_json(norm_conserving_1, "a \"b\".UPF"));
}

TEST_CASE("a node without the name of its file is refused", "[exporters][upf]") {
  for (auto const* attributes : {"", "{", "null", "[]", "[\"filename\"]", "{}", R"({"filename": null})",
                                 R"({"filename": 5})", R"({"filename": ["a"]})"}) {
    auto const made = upf_json_of(node_with(attributes));
    REQUIRE_FALSE(made);
    CHECK(made.error().code == Code::export_not_possible);
    CHECK(made.error().message == "the node has no attribute filename");
  }
  auto const missing = upf_json_of(node_with(R"({"filename": "other"})"));
  REQUIRE_FALSE(missing);
  CHECK(missing.error().code == Code::store_failed);
}

TEST_CASE("numbers are the shortest that read back", "[exporters][upf]") {
  auto const made = upf_json(with(paw_2, "7.0 8.0", "0.1 1D-7 -2 1.7976931348623157E+308 0.30000000000000004"), "");
  REQUIRE(made);
  CHECK(made->find("[0.1,1e-07,-2.0,1.7976931348623157e+308,0.30000000000000004]") != made->npos);
}

TEST_CASE("a UPF that is cut anywhere gives an answer or an error", "[exporters][upf]") {
  for (auto const file : files)
    for (std::size_t size = 0; size < file.size(); ++size) answers(std::string(file.substr(0, size)));
}

TEST_CASE("whatever a number of a UPF becomes, there is an answer or an error", "[exporters][upf]") {
  for (auto const file : files)
    for (std::size_t begin = 0; begin < file.size(); ++begin) {
      auto const length = std::min(file.find_first_not_of("0123456789.", begin), file.size()) - begin;
      if (length == 0) continue;
      for (auto const* other :
           {"", "0", "-1", "9", "200", "2147483647", "1e999", "99999999999999999999", "nan", "x", "\n", "<", "\xFF"})
        answers(std::string(file.substr(0, begin)) + other + std::string(file.substr(begin + length)));
      begin += length;
    }
}
