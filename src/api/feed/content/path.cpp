// SPDX-License-Identifier: MIT
#include "api/feed/content/path.hpp"

#include <algorithm>

namespace restapi::api::feed::content {
namespace {

// `U` is a uuid, `N` a number.
constexpr std::string_view shapes[] = {
    "/nodes",
    "/nodes/U",
    "/nodes/U/properties",
    "/nodes/U/attributes",
    "/nodes/U/extras",
    "/nodes/U/inputs",
    "/nodes/U/inputs/N",
    "/nodes/U/outputs",
    "/nodes/U/outputs/N",
    "/nodes/U/comments",
    "/nodes/U/comments/U",
    "/nodes/U/logs",
    "/nodes/U/logs/U",
    "/groups",
    "/groups/U",
    "/groups/U/properties",
    "/groups/U/nodes",
    "/groups/U/nodes/U",
    "/computers",
    "/computers/U",
    "/computers/U/properties",
    "/users",
    "/users/N",
    "/users/N/properties",
};

constexpr std::string_view uuid_shape = "00000000-0000-0000-0000-000000000000";
constexpr std::size_t most_digits = 18;

bool is_hexadecimal(char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); }

bool is_uuid(std::string_view text) {
  return std::ranges::equal(text, uuid_shape,
                            [](char c, char shape) { return shape == '0' ? is_hexadecimal(c) : c == shape; });
}

bool is_number(std::string_view text) {
  return !text.empty() && text.size() <= most_digits && text.front() != '0' &&
         std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; });
}

std::string_view take_segment(std::string_view& path) {
  path.remove_prefix(1);  // the slash
  auto const segment = path.substr(0, path.find('/'));
  path.remove_prefix(segment.size());
  return segment;
}

bool has_shape(std::string_view path, std::string_view shape) {
  while (!path.empty() && !shape.empty()) {
    auto const segment = take_segment(path), wanted = take_segment(shape);
    if (wanted == "U" ? !is_uuid(segment) : wanted == "N" ? !is_number(segment) : segment != wanted) return false;
  }
  return path.empty() && shape.empty();
}

}  // namespace

std::optional<std::string> read_path(std::string_view text) {
  if (text.ends_with('/')) text.remove_suffix(1);
  std::string path(text);
  std::ranges::transform(path, path.begin(),
                         [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
  if (path.empty()) return path;
  bool const is_possible = path.front() == '/' &&
                           std::ranges::any_of(shapes, [&](std::string_view shape) { return has_shape(path, shape); });
  return is_possible ? std::optional(std::move(path)) : std::nullopt;
}

bool is_within(std::string_view path, std::string_view above) {
  return path.starts_with(above) && (path.size() == above.size() || path[above.size()] == '/');
}

}  // namespace restapi::api::feed::content
