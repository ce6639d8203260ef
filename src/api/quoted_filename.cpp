// SPDX-License-Identifier: MIT
#include "api/quoted_filename.hpp"

#include "http/target.hpp"

namespace restapi::api {

std::string with_quoted_filename(std::string_view sent) {
  std::string query;
  for (bool more = true; more;) {
    auto const part = sent.substr(0, sent.find('&'));
    more = part.size() < sent.size();
    if (more) sent.remove_prefix(part.size() + 1);
    auto const decoded = http::percent_decode(part);
    auto const text = decoded ? *decoded : std::string(part);
    constexpr std::string_view key = "filename=";
    if (text.starts_with(key)) {
      auto value = std::string_view(text).substr(key.size());
      if (value.size() > 1 && value.front() == '"' && value.back() == '"') value = value.substr(1, value.size() - 2);
      query.append(key).append("\"");
      for (char const byte : value) query.append(byte == '"' ? 2 : 1, byte);
      query += '"';
    } else {
      query += text;
    }
    if (more) query += '&';
  }
  return query;
}

}  // namespace restapi::api
