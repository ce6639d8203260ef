// SPDX-License-Identifier: MIT
#include "http/media.hpp"

#include <algorithm>

#include "http/message.hpp"

namespace restapi::http {
namespace {

// The text before the next separator, trimmed; `rest` is shortened by it.
std::string_view take(std::string_view& rest, char separator) {
  auto const end = rest.find(separator);
  auto const part = trimmed(rest.substr(0, end));
  rest = end == rest.npos ? std::string_view() : rest.substr(end + 1);
  return part;
}

}  // namespace

bool is_same_token(std::string_view one, std::string_view other) {
  auto const lower = [](char byte) {
    return byte >= 'A' && byte <= 'Z' ? static_cast<char>(byte + ('a' - 'A')) : byte;
  };
  return std::ranges::equal(one, other, {}, lower, lower);
}

void for_each_preference(std::string_view list, std::function<void(std::string_view, bool)> const& call) {
  while (!list.empty()) {
    auto element = take(list, ',');
    auto const name = take(element, ';');
    bool refused = false;
    while (!element.empty()) {
      auto const parameter = take(element, ';');
      refused = refused || (is_same_token(parameter.substr(0, 3), "q=0") &&
                            parameter.find_first_not_of("0.", 2) == parameter.npos);
    }
    call(name, refused);
  }
}

bool accepts_gzip(std::string_view accept_encoding) {
  bool accepted = false, refused_by_name = false;
  for_each_preference(accept_encoding, [&](std::string_view coding, bool refused) {
    if (is_same_token(coding, "gzip") && refused) refused_by_name = true;
    if ((is_same_token(coding, "gzip") || is_same_token(coding, "*")) && !refused) accepted = true;
  });
  return accepted && !refused_by_name;
}

}  // namespace restapi::http
