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

  std::string header;
  auto const add = [&](std::optional<std::int64_t> page, std::string_view relation) {
    if (!page) return;
    if (!header.empty()) header += ", ";
    header += "<" + before + std::to_string(*page) + after + ">; rel=\"" + std::string(relation) + "\"";
  };
  add(pages.first, "first");
  add(pages.previous, "prev");
  add(pages.next, "next");
  add(pages.last, "last");
  return header;
}

}  // namespace restapi::api::v2
