// SPDX-License-Identifier: MIT
#include "api/page_links.hpp"

#include <algorithm>
#include <optional>
#include <vector>

#include "grammar/parse.hpp"

namespace restapi::api {

std::string link_header(query::Neighbours const& pages, PageInPath const& place, http::Target const& target,
                        http::PublicAddress const& address) {
  auto before = address.root();
  for (auto const& segment : place.before) before += http::percent_encode_segment(segment) + "/";
  before += "page/";
  auto const after =
      place.ending + (target.decoded_query.empty() ? std::string() : "?" + http::percent_encode(target.decoded_query));

  struct Row {
    std::optional<std::int64_t> page;
    std::string_view relation;
  };
  std::string header;
  auto const add = [&](Row const& row) {
    if (!row.page) return;
    if (!header.empty()) header += ", ";
    header += "<" + before + std::to_string(*row.page) + after + ">; rel=\"" + std::string(row.relation) + "\"";
  };
  Row const next{pages.next, "next"};
  for (auto const& row : {Row{pages.first, "first"}, Row{pages.previous, "prev"}, next, Row{pages.last, "last"}})
    add(row);
  if (header.size() <= longest_link_header) return header;
  header.clear();
  add(next);
  return header;
}

std::string next_link(std::string_view position, http::Target const& target, http::PublicAddress const& address) {
  auto url = address.root();
  url.pop_back();  // its slash
  for (auto const& segment : target.segments) url += "/" + http::percent_encode_segment(segment);
  auto query = target.decoded_query;
  auto const parsed = grammar::parse(query);
  auto const clauses = parsed ? parsed->clauses : std::vector<ast::Clause>();
  auto const after =
      std::ranges::find_if(clauses, [](auto const& clause) { return clause.key == "after" && clause.path.empty(); });
  if (after == clauses.end()) {
    query.append(query.empty() || query.ends_with('&') ? "after=" : "&after=").append(position);
  } else {
    auto const begin = after->operator_offset + 1;
    query.replace(begin, std::min(query.find('&', begin), query.size()) - begin, position);
  }
  return "<" + url + "?" + http::percent_encode(query) + ">; rel=\"next\"";
}

}  // namespace restapi::api
