// SPDX-License-Identifier: MIT
/// Every path that the service announces, for tests that look at all there is.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "api/v2/routes.hpp"
#include "support/ask.hpp"

namespace restapi::test {

/// The announced endpoints with each object of each resource (of the first 400) in place of <id>, and page 1.
inline std::vector<std::string> every_target(store::Store& store) {
  std::map<std::string, std::vector<std::string>> ids;
  for (auto const& bound : store.catalog().resources()) {
    std::string const name(bound.name());
    auto const list = ask(store, "/api/v2/" + name);
    for (auto const& row : list.body.at("data").at(name))
      ids[name].push_back(row.contains("uuid") ? row["uuid"].get<std::string>() : row["id"].dump());
  }
  std::vector<std::string> targets;
  for (auto pattern : api::v2::endpoints()) {
    if (auto const number = pattern.find("<n>"); number != pattern.npos) pattern.replace(number, 3, "1");
    auto const mark = pattern.find("<id>");
    if (mark == pattern.npos) {
      targets.push_back(pattern);
      continue;
    }
    auto const begin = pattern.find_first_of('/', 5) + 1;  // behind "/api/v2/"
    auto const resource = pattern.substr(begin, pattern.find('/', begin) - begin);
    for (auto const& id : ids[resource]) targets.push_back(std::string(pattern).replace(mark, 4, id));
  }
  return targets;
}

}  // namespace restapi::test
