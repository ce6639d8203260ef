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

/// "0.8" as thousandths. What is no weight does not lessen anything.
int thousandths(std::string_view text) {
  constexpr int one = 1000;
  if (text.empty() || (text.front() != '0' && text.front() != '1') || (text.size() > 1 && text[1] != '.')) return one;
  if (text.front() == '1') return one;
  int weight = 0, place = one / 10;
  for (char const digit : text.substr(std::min<std::size_t>(text.size(), 2))) {
    if (digit < '0' || digit > '9') return one;
    weight += (digit - '0') * place;
    place /= 10;
  }
  return weight;
}

/// How much a range says of a type: 3 for the type itself, 2 for "text/*", 1 for "*/*", 0: the type is not in it.
int fit_of(std::string_view range, std::string_view media_type) {
  if (is_same_token(range, media_type)) return 3;
  if (range == "*/*") return 1;
  auto const slash = media_type.find('/');
  return range.ends_with("/*") && is_same_token(range.substr(0, range.size() - 2), media_type.substr(0, slash)) ? 2 : 0;
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

int weight_of(std::string_view accept, std::string_view media_type) {
  int best_fit = 0, weight = 0;
  while (!accept.empty()) {
    auto element = take(accept, ',');
    auto const fit = fit_of(take(element, ';'), media_type);
    if (fit <= best_fit) continue;
    best_fit = fit;
    weight = thousandths("");
    while (!element.empty()) {
      auto const parameter = take(element, ';');
      if (is_same_token(parameter.substr(0, 2), "q=")) weight = thousandths(parameter.substr(2));
    }
  }
  return weight;
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
