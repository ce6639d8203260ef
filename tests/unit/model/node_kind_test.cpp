// SPDX-License-Identifier: MIT
#include "model/node_kind.hpp"

#include <algorithm>
#include <catch2/catch.hpp>
#include <set>
#include <string>
#include <string_view>

#include "model/catalog.hpp"

namespace restapi::model {
namespace {

using Prefixes = std::set<std::string, std::less<>>;

/// What stands in the LIKE or NOT LIKE patterns of a condition.
Prefixes prefixes_in(Expressions const& condition, bool are_excluded) {
  constexpr std::string_view like = "LIKE '";
  Prefixes found;
  for (auto const& expression : condition) {
    std::string const sql(expression.sql.text());
    for (auto at = sql.find(like); at != sql.npos; at = sql.find(like, at + 1)) {
      bool const is_excluded = at >= 4 && sql.substr(at - 4, 4) == "NOT ";
      auto const begin = at + like.size();
      if (is_excluded == are_excluded) found.insert(sql.substr(begin, sql.find('%', begin) - begin));
    }
  }
  return found;
}

Prefixes all_of(std::span<std::string_view const> prefixes) { return {prefixes.begin(), prefixes.end()}; }

}  // namespace

TEST_CASE("kinds of nodes are those that the conditions of the resources say") {
  for (auto const& kind : node_kinds()) {
    INFO(kind.name);
    auto const* const resource = find_resource(kind.name);
    REQUIRE(resource);
    CHECK(all_of(kind.includes) == prefixes_in(resource->kind, false));
    CHECK(all_of(kind.excludes) == prefixes_in(resource->kind, true));
  }
}

TEST_CASE("each kind of nodes is there, in the order of the resources") {
  std::string names, known;
  for (auto const* resource : all_resources())
    if (resource->is_node && resource->name != "nodes") names += std::string(resource->name) + ' ';
  for (auto const& kind : node_kinds()) known += std::string(kind.name) + ' ';
  CHECK(known == names);
}

TEST_CASE("a code is no data, and a node may be of several kinds") {
  auto const has = [](std::string_view name, std::string_view type) {
    return std::ranges::find(node_kinds(), name, &NodeKind::name)->has(type);
  };
  CHECK(has("codes", "data.core.code.installed.InstalledCode."));
  CHECK_FALSE(has("data", "data.core.code.installed.InstalledCode."));
  CHECK(has("data", "data.core.structure.StructureData."));
  CHECK(has("structures", "data.core.structure.StructureData."));
  CHECK(has("calculations", "process.workflow.workchain.WorkChainNode."));
  CHECK_FALSE(has("calculations", ""));
}

}  // namespace restapi::model
