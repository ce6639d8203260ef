// SPDX-License-Identifier: MIT
#include "http/range.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cassert>
#include <charconv>
#include <limits>
#include <optional>

namespace restapi::http {
namespace {

constexpr std::string_view unit = "bytes=";

/// The only element of a list, which may have empty ones beside it (§5.6.1.2).
std::optional<std::string_view> only_element(std::string_view list) {
  std::optional<std::string_view> found;
  while (!list.empty()) {
    auto const comma = list.find(',');
    auto const element = trimmed(list.substr(0, comma));
    list.remove_prefix(comma == list.npos ? list.size() : comma + 1);
    if (element.empty()) continue;
    if (found) return std::nullopt;
    found = element;
  }
  return found;
}

/// Digits alone; of a number that is too large, the largest.
std::optional<std::uint64_t> read_number(std::string_view digits) {
  if (digits.empty() || digits.find_first_not_of("0123456789") != digits.npos) return std::nullopt;
  std::uint64_t number = 0;
  auto const read = std::from_chars(digits.data(), digits.data() + digits.size(), number);
  return read.ec == std::errc() ? number : std::numeric_limits<std::uint64_t>::max();
}

/// Whether the representation is the one that the client has a part of: byte for byte, so no weak tag is the same.
bool is_current(std::string_view if_range, Validators const& current) {
  if (if_range.empty() || if_range.starts_with("W/")) return false;
  return if_range == (if_range.starts_with('"') ? current.etag : current.last_modified);
}

}  // namespace

Part part_of(Request const& request, Validators const& current, std::uint64_t size) {
  Part const all{200, 0, size}, none{416, 0, 0};
  auto const range = find_header(request.headers, "Range");
  if (!range || request.method != "GET") return all;
  if (auto const if_range = find_header(request.headers, "If-Range"); if_range && !is_current(*if_range, current))
    return all;
  if (!is_same_name(range->substr(0, unit.size()), unit)) return all;
  auto const element = only_element(range->substr(unit.size()));
  auto const dash = element ? element->find('-') : std::string_view::npos;
  if (dash == std::string_view::npos) return all;
  auto const begin = element->substr(0, dash), end = element->substr(dash + 1);

  if (begin.empty()) {
    auto const last = read_number(end);
    if (!last || (size == 0 && *last > 0)) return all;
    auto const length = std::min(*last, size);
    return length == 0 ? none : Part{206, size - length, length};
  }
  auto const first = read_number(begin);
  auto const last = end.empty() ? std::numeric_limits<std::uint64_t>::max() : read_number(end);
  if (!first || !last || *last < *first) return all;
  if (*first >= size) return none;
  return {206, *first, std::min(*last, size - 1) - *first + 1};
}

std::string content_range(Part const& part, std::uint64_t size) {
  assert(part.status == 206 || part.status == 416);
  if (part.status == 416) return fmt::format("bytes */{}", size);
  return fmt::format("bytes {}-{}/{}", part.offset, part.offset + part.length - 1, size);
}

}  // namespace restapi::http
