// SPDX-License-Identifier: MIT
#include "api/v2/link.hpp"

#include <optional>

namespace restapi::api::v2 {

std::string link_header(query::Neighbours const& pages, std::size_t segments, http::Target const& target,
                        http::PublicAddress const& address) {
  auto before = address.root();
  for (std::size_t i = 0; i < segments; ++i) before += http::percent_encode_segment(target.segments[i]) + "/";
  before += "page/";
  auto const after = target.decoded_query.empty() ? std::string() : "?" + http::percent_encode(target.decoded_query);

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

}  // namespace restapi::api::v2
