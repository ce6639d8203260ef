// SPDX-License-Identifier: MIT
/// Queries of a graph of tables from their body to the text of their answer, on both databases.
#pragma once

#include <catch2/catch.hpp>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "api/data.hpp"
#include "api/querybuilder/query.hpp"
#include "sql/builder/compile.hpp"
#include "support/stores.hpp"

namespace restapi::test {

inline std::string answer(store::Store& store, std::string const& body, query::Policy policy = {}) {
  auto plan = api::querybuilder::read_query(body, store.catalog(), policy);
  if (!plan) return plan.error().message + " — " + plan.error().hint;
  auto rows = store.read(sql::builder::compile_query(*plan, api::querybuilder::usual_most_rows, store.dialect()));
  if (!rows) return rows.error().message + " — " + rows.error().detail;
  AnswerLimits limits;
  return api::data_of(
      api::GraphRows{std::make_shared<query::builder::BuilderPlan const>(*std::move(plan)), *std::move(rows)}, limits);
}

struct Case {
  std::string body, answer;
};

inline void check(Fixture fixture, std::vector<Case> const& cases) {
  for (auto const engine : engines) {
    auto& opened = shared_store(fixture, engine);
    for (auto const& one : cases) {
      INFO(opened.name << ": " << one.body);
      CHECK(answer(*opened.store, one.body) == one.answer);
    }
  }
}

/// The ids of the nodes that the filters find, as they are written: "[26,28]".
inline void check_filters(std::vector<Case> const& cases, std::string const& type = "",
                          Fixture fixture = Fixture::generation2) {
  for (auto const engine : engines) {
    auto& opened = shared_store(fixture, engine);
    for (auto const& one : cases) {
      auto const text =
          answer(*opened.store, R"({"path": [{"entity_type": ")" + type +
                                    R"(", "tag": "n"}], "project": {"n": "id"}, "filters": {"n": )" + one.body + "}}");
      INFO(opened.name << ": " << one.body << " " << text);
      auto const json = nlohmann::json::parse(text, nullptr, false);
      nlohmann::json ids = nlohmann::json::array();
      if (json.is_object() && json.contains("n"))
        for (auto const& row : json.at("n")) ids.push_back(row.at("id"));
      CHECK((json.is_object() ? ids.dump() : text) == one.answer);
    }
  }
}

}  // namespace restapi::test
