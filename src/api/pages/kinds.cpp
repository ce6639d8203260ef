// SPDX-License-Identifier: MIT
#include "api/pages/kinds.hpp"

namespace restapi::api::pages {
namespace {

constexpr Kind rows[] = {
    {"/", start_page},
    {":resource", list_page, true},
    {":resource/:id/io/inputs", list_page, true},
    {":resource/:id/io/outputs", list_page, true},
    {":resource/:id", object_page},
    {":resource/:id/io/graph", graph_page},
    {":resource/schema", schema_page},
    {":resource/facets", facets_page},
    {"nodes/statistics", statistics_page},
    {"openapi", openapi_page},
};
constexpr Kind any_other{"", document_page};

}  // namespace

// The pages of /api/v2 show all that there is; who looks at /api/v4 wants to see what it says.
Kind const& kind_of(std::string_view prefix, std::string_view route) {
  if (prefix != "/api/v2") return any_other;
  for (auto const& row : rows)
    if (row.route == route) return row;
  return any_other;
}

}  // namespace restapi::api::pages
