// SPDX-License-Identifier: MIT
#include "api/format.hpp"

#include <algorithm>
#include <vector>

#include "http/media.hpp"

namespace restapi::api {
namespace {

// Browsers ask for text/html, programs do not: there a person is reading.
constexpr Format rows[] = {
    {.name = "indented JSON", .media_type = "application/json", .asked_as = "text/html", .is_indented = true},
    {.name = "JSON", .media_type = "application/json", .asked_as = "application/json", .is_default = true},
};

bool is_media_range(std::string_view text) {
  return text.find('/') != text.npos && !text.starts_with('/') && !text.ends_with('/');
}

bool is_wildcard(std::string_view range) {
  return http::is_same_token(range, "*/*") || http::is_same_token(range, "application/*");
}

}  // namespace

std::span<Format const> formats() { return rows; }

Format const& default_format() { return *std::ranges::find_if(rows, &Format::is_default); }

Format const* choose_format(std::string_view accept) {
  std::vector<std::string_view> accepted, refused;
  http::for_each_preference(accept, [&](std::string_view range, bool is_refused) {
    if (is_media_range(range)) (is_refused ? refused : accepted).push_back(range);
  });
  if (accepted.empty() && refused.empty()) return &default_format();
  auto const is_in = [](auto const& ranges, std::string_view type) {
    return std::ranges::any_of(ranges, [&](auto range) { return http::is_same_token(range, type); });
  };
  auto const is_meant = [&](Format const& format) {
    return !is_in(refused, format.media_type) &&
           (is_in(accepted, format.asked_as) || (format.is_default && std::ranges::any_of(accepted, is_wildcard)));
  };
  auto const* const found = std::ranges::find_if(rows, is_meant);
  return found == std::ranges::end(rows) ? nullptr : found;
}

}  // namespace restapi::api
