// SPDX-License-Identifier: MIT
#include "api/v2/limit_rows.hpp"

#include "api/v2/limits.hpp"
#include "grammar/parse.hpp"
#include "http/server.hpp"
#include "query/clauses.hpp"
#include "query/document_filters.hpp"
#include "query/pattern.hpp"
#include "query/planner.hpp"

namespace restapi::api::v2 {

std::span<LimitRow const> limit_rows() {
  static http::ServerOptions const server;
  static LimitRow const rows[] = {
      {"rows in one answer (`limit`, `perpage`); also the default of `limit`", std::size_t{limits.rows}},
      {"filters in one query, with those in parentheses", query::max_filters},
      {"parentheses in parentheses", grammar::max_depth},
      {"levels of a graph", std::size_t{query::max_levels}},
      {"relations in one key", query::max_relations},
      {"steps of a path into a document", query::max_steps},
      {"date-times in lists (`=in=`, `=notin=`) in one query", query::max_intervals},
      {"bytes in one pattern", query::max_pattern_bytes},
      {"`_` in one pattern", query::max_optional_characters},
      {"bytes in the path and query string together", server.max_target},
      {"bytes in the request's header fields", server.max_headers},
  };
  return rows;
}

}  // namespace restapi::api::v2
