// SPDX-License-Identifier: MIT
/// Requests in one line: test::plan("nodes", "id>45"), test::plan("nodes", "limit=2", Scope::inputs, "de83b1").
#pragma once

#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>

#include "grammar/parse.hpp"
#include "query/planner.hpp"
#include "tests/support/schemas.hpp"

namespace restapi::test {

inline ast::Query parsed(std::string_view text) {
  auto query = grammar::parse(text);
  if (!query) throw std::runtime_error(std::string(text) + ": " + query.error().message);
  return *std::move(query);
}

/// A request against the newer PostgreSQL schema; `query` is decoded text.
inline Result<query::ReadPlan> plan(std::string_view resource, std::string_view query,
                                    query::Scope scope = query::Scope::list, std::string id = {},
                                    std::optional<std::int64_t> page = {}, query::Policy policy = {},
                                    std::string const& schema = "postgresql_gen2") {
  auto const& catalog = catalog_of(schema);
  return query::plan({catalog.find(resource), scope, std::move(id), page, parsed(query)}, catalog, policy);
}

}  // namespace restapi::test
