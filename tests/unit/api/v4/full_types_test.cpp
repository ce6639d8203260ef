// SPDX-License-Identifier: MIT
#include "api/v4/full_types.hpp"

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

using namespace restapi;
using nlohmann::json;

namespace {

json tree(std::vector<api::v4::CountedType> const& types, bool with_counts = true) {
  AnswerLimits limits;
  return json::parse(api::v4::full_types_json(types, with_counts, limits));
}

json const& child(json const& space, std::size_t place) { return space.at("subspaces").at(place); }

json find(json const& space, std::string const& path) {
  if (space.at("path") == path) return space;
  for (auto const& inside : space.at("subspaces"))
    if (auto found = find(inside, path); !found.is_null()) return found;
  return {};
}

}  // namespace

TEST_CASE("types of data are put below their namespaces", "[v4][types]") {
  auto const root = tree({{"data.core.array.bands.BandsData.", "", 1},
                          {"data.core.array.ArrayData.", "", 2},
                          {"process.calculation.calcjob.CalcJobNode.", "aiida.calculations:demo.scf", 4}});
  CHECK(root.at("counter") == 7);
  CHECK(root.at("full_type") == "node.%|");
  auto const& data = child(root, 0);
  CHECK(data.at("label") == "Data");
  CHECK(data.at("full_type") == "data.%|");
  auto const& array = child(child(data, 0), 0);
  CHECK(array.at("path") == "node.data.core.array");
  CHECK(array.at("full_type") == "data.core.array.%|");
  CHECK(array.at("counter") == 3);
  // The type whose namespace has others below it is the first of them, with the same path.
  CHECK(child(array, 0) == json::parse(R"({"namespace": "array", "path": "node.data.core.array", "label": "ArrayData",
    "full_type": "data.core.array.ArrayData.|", "counter": 2, "subspaces": []})"));
  CHECK(child(array, 1).at("label") == "BandsData");
  auto const job = find(root, "node.process.calculation.calcjob");
  CHECK(job.at("label") == "Calculation job");
  CHECK(job.at("full_type") == "process.calculation.calcjob.%|%");
  CHECK(child(job, 0).at("full_type") == "process.calculation.calcjob.CalcJobNode.|aiida.calculations:demo.%");
  CHECK(child(child(job, 0), 0).at("full_type") ==
        "process.calculation.calcjob.CalcJobNode.|aiida.calculations:demo.scf");
  CHECK(child(child(job, 0), 0).at("label") == "scf");
}

TEST_CASE("process types that are no entry points stand below a namespace of their own", "[v4][types]") {
  auto const root = tree({{"process.calculation.calcfunction.CalcFunctionNode.", "some.module.double", 1},
                          {"process.workflow.workchain.WorkChainNode.", "aiida.nowhere:x", 2},
                          {"process.workflow.workchain.WorkChainNode.", "", 3}});
  auto const kind = find(root, "node.process.calculation.calcfunction");
  auto const& unregistered = child(kind, 0);
  CHECK(unregistered.at("namespace") == "~no-entry-point~");
  CHECK(unregistered.at("label") == "Unregistered");
  CHECK(unregistered.at("full_type").is_null());
  auto const& some = child(unregistered, 0);
  CHECK(some.at("full_type") == "process.calculation.calcfunction.CalcFunctionNode.|some.%");
  CHECK(child(child(some, 0), 0).at("full_type") ==
        "process.calculation.calcfunction.CalcFunctionNode.|some.module.double");
  CHECK(child(child(some, 0), 0).at("label") == "double");
  // Without a process type, and with one whose group AiiDA does not have.
  auto const chain = find(root, "node.process.workflow.workchain");
  CHECK(child(chain, 0).at("full_type") == "process.workflow.workchain.WorkChainNode.|");
  CHECK(child(chain, 0).at("label") == "WorkChainNode");
  CHECK(child(chain, 1).at("namespace") == "~no-entry-point~");
  CHECK(chain.at("counter") == 5);
}

TEST_CASE("types with fewer than two points are left out, and an empty tree has no counter", "[v4][types]") {
  auto const root = tree({{"node.Node", "", 1}, {"Thing.", "", 1}, {".", "", 1}, {"", "", 1}});
  CHECK(root == json::parse(R"({"namespace": "node", "path": "node", "label": "node", "full_type": "node.%|",
    "subspaces": []})"));
  CHECK_FALSE(tree({{"data.core.int.Int.", "", 1}}, false).contains("counter"));
}

TEST_CASE("two types of one name are two children", "[v4][types]") {
  auto const root = tree({{"data.core.int.Int.", "", 1}, {"data.core.int.Other.", "", 2}});
  auto const core = find(root, "node.data.core");
  REQUIRE(core.at("subspaces").size() == 2);
  CHECK(child(core, 0).at("label") == "Int");
  CHECK(child(core, 1).at("label") == "Other");
  CHECK(core.at("counter") == 3);
}

TEST_CASE("many namespaces beside each other are found at once", "[v4][types]") {
  std::vector<api::v4::CountedType> types;
  constexpr int count = 100'000;  // with each looked for among all, hours
  for (int i = 0; i < count; ++i) types.push_back({"data.n" + std::to_string(i) + ".x.X.", "", 1});
  auto const root = tree(types);
  CHECK(find(root, "node.data").at("subspaces").size() == count);
  CHECK(root.at("counter") == count);
}

TEST_CASE("names of any depth are taken or left out", "[v4][types]") {
  std::string deep = "data";
  for (int i = 0; i < 20'000; ++i) deep += ".a";
  CHECK(tree({{deep + ".", "", 1}}).at("subspaces").empty());
  CHECK(tree({{"data....X.", "", 1}, {"data.\xff.X.", "", 1}}).at("counter") == 2);
}
