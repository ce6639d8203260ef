// SPDX-License-Identifier: MIT
/// The Link header of a page (RFC 8288).
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "http/public_address.hpp"
#include "http/target.hpp"
#include "query/paging.hpp"

namespace restapi::api {

/// Apache passes on no line of a header that is longer than 8192 bytes (ProxyPass, responsefieldsize), and Node.js
/// reads 16 KiB of all lines.
inline constexpr std::size_t longest_link_header = 7'500;

struct PageInPath {
  std::vector<std::string> before = {};  ///< the segments of the path before "page", decoded
  std::string ending = {};               ///< of the last one, which stays: ".json"
};

/// `<http://…/nodes/page/1?perpage=10>; rel="first", …`; the query string is kept, encoded so that it may stand between
/// angle brackets. Where all would be too long, the next page alone. `place`: where "page" is in the path.
std::string link_header(query::Neighbours const& pages, PageInPath const& place, http::Target const& target,
                        http::PublicAddress const& address);

/// `<http://…/nodes?limit=20&after=TOKEN>; rel="next"`: the same query, behind another position.
std::string next_link(std::string_view position, http::Target const& target, http::PublicAddress const& address);

}  // namespace restapi::api
