// SPDX-License-Identifier: MIT
#include "api/format.hpp"

#include <algorithm>
#include <string>
#include <vector>

#include "http/media.hpp"

namespace restapi::api {
namespace {

bool is_media_range(std::string_view text) {
  return text.find('/') != text.npos && !text.starts_with('/') && !text.ends_with('/');
}

bool is_wildcard(std::string_view range) {
  return http::is_same_token(range, "*/*") || http::is_same_token(range, "application/*");
}

}  // namespace

std::string_view ending_of(std::string_view segment, std::span<Format const> formats) {
  auto const point = segment.rfind('.');
  if (point == segment.npos || point == 0) return {};
  auto const ending = segment.substr(point);
  bool const is_one = std::ranges::any_of(
      formats, [&](auto const& format) { return !format.ending.empty() && format.ending == ending.substr(1); });
  return is_one ? ending : std::string_view();
}

Format const* choose_format(std::string_view accept, std::span<Format const> formats, std::string_view path) {
  while (path.ends_with('/')) path.remove_suffix(1);
  if (auto const ending = ending_of(path.substr(path.rfind('/') + 1), formats); !ending.empty())
    return &*std::ranges::find(formats, ending.substr(1), &Format::ending);
  std::vector<std::string_view> accepted, refused;
  http::for_each_preference(accept, [&](std::string_view range, bool is_refused) {
    if (is_media_range(range)) (is_refused ? refused : accepted).push_back(range);
  });
  if (accepted.empty() && refused.empty()) return &*std::ranges::find_if(formats, &Format::is_default);
  auto const is_in = [](auto const& ranges, std::string_view type) {
    return std::ranges::any_of(ranges, [&](auto range) { return http::is_same_token(range, type); });
  };
  auto const is_meant = [&](Format const& format) {
    if (format.is_page) return http::weight_of(accept, format.asked_as) > http::weight_of(accept, "application/json");
    return !is_in(refused, format.media_type) &&
           (is_in(accepted, format.asked_as) || (format.is_default && std::ranges::any_of(accepted, is_wildcard)));
  };
  auto found = std::ranges::find_if(formats, is_meant);
  if (found == formats.end()) found = std::ranges::find_if(formats, &Format::is_last_resort);
  return found == formats.end() ? nullptr : &*found;
}

Error not_acceptable(std::span<Format const> formats) {
  std::string names, types;
  auto const add = [](std::string& list, std::string_view item) { (list += list.empty() ? "" : " or ") += item; };
  for (auto const& format : formats) {
    if (format.is_indented || format.is_page || format.of != FormatOf::anything)
      continue;  // for a person; only of some
    add(names, format.name);
    add(types, format.media_type);
  }
  return {Code::not_acceptable, "this service answers in " + names, "send Accept: " + types + ", or none"};
}

}  // namespace restapi::api
