// SPDX-License-Identifier: MIT
// Which values occur in a list, and how often: each leads to the rows that have it.
#include <algorithm>

#include "api/pages/bars.hpp"
#include "api/pages/kinds.hpp"
#include "api/pages/query_text.hpp"
#include "api/pages/template.hpp"
#include "api/pages/values.hpp"

namespace restapi::api::pages {

using nlohmann::json;

Part facets_page(Shown const& shown) {
  auto const list = shown.target.path.substr(0, shown.target.path.rfind('/'));
  auto const filters = without(clauses_of(shown.target.decoded_query), "keys");
  auto sections = json::array();
  auto const schema = shown.client.get(list + "/schema");
  auto const fields =
      schema && schema->data.is_object() ? schema->data.value("fields", json::object()) : json::object();
  auto const facets = shown.data.value("facets", json::object());
  for (auto const& [key, facet] : facets.items()) {
    std::vector<Bar> bars;
    // Of a day, a month or a year the text is no text; nor is a number.
    auto const field = fields.value(key, json::object());
    bool const is_day = text_in(field, "type") == "datetime";
    auto const values = facet.value("values", json::array());
    for (auto const& row : values) {
      auto const& value = row["value"];
      bool const is_text = value.is_string() && !is_day;
      auto const clause =
          value.is_null() ? key + "=is=null" : key + "=" + (is_text ? in_quotes(plain(value)) : plain(value));
      auto clauses = filters;
      if (std::ranges::find(clauses, clause) == clauses.end()) clauses.push_back(clause);
      bars.push_back({.name = value.is_null() ? "(no " + key + ")"
                              : key == "type" ? short_type(plain(value))
                                              : plain(value),
                      .title = plain(value),
                      .count = row.value("count", std::int64_t{0}),
                      .href = shown.root + list.substr(1) + query_of(clauses)});
    }
    auto const other = facet.value("other", std::int64_t{0});
    sections.push_back(
        {{"facet", key}, {"bars", bars_of(bars)}, {"other", other > 0 ? json(spaced(other)) : json(false)}});
  }
  return {"Values",
          fill("facets", {{"facets", sections}, {"list_href", shown.root + list.substr(1) + query_of(filters)}})};
}

}  // namespace restapi::api::pages
