// SPDX-License-Identifier: MIT
#include "exporters/bands_json.hpp"

#include <fmt/format.h>

#include <iterator>

#include "base/json_text.hpp"
#include "exporters/comments.hpp"
#include "exporters/json_numbers.hpp"

namespace restapi::exporters {
namespace {

void append_key(std::string& json, std::string_view key, std::string_view text) {
  fmt::format_to(std::back_inserter(json), R"(,"{}":)", key);
  append_json_string(json, text);
}

void append_path(std::string& json, Segment const& segment, Bands const& bands) {
  fmt::format_to(std::back_inserter(json), R"({{"length":{})", segment.end - segment.begin);
  append_key(json, "from", segment.from);
  append_key(json, "to", segment.to);
  auto const append_points = [&](auto number_at) {
    json += '[';
    for (auto point = segment.begin; point <= segment.end; ++point) {
      if (point != segment.begin) json += ',';
      append_json(json, number_at(point));
    }
    json += ']';
  };
  json += R"(,"values":[)";
  for (std::size_t band = 0; band < bands.bands(); ++band) {
    if (band > 0) json += ',';
    append_points([&](std::size_t point) { return bands.energy(point, band); });
  }
  json += R"(],"x":)";
  append_points([&](std::size_t point) { return bands.x[point]; });
  fmt::format_to(std::back_inserter(json), R"(,"two_band_types":{}}})", bands.two_band_types);
}

/// Without its last brace.
std::string open_object(Bands const& bands) {
  std::string json = R"({"path":[)";
  for (auto const& [begin, end, from, to] : segments_of(bands)) {
    // Neighbours are two sides of a jump: no path leads from one to the other.
    if (end - begin <= 1 && bands.labels.size() >= 2) continue;
    json += json.back() == '[' ? "[" : ",[";
    append_json_string(json, from);
    json += ',';
    append_json_string(json, to);
    json += ']';
  }
  json += R"(],"paths":)" + paths_json(bands);
  append_key(json, "label", bands.label);
  append_key(json, "original_uuid", bands.uuid);
  return json;
}

}  // namespace

std::string paths_json(Bands const& bands) {
  std::string json = "[";
  for (auto const& segment : segments_of(bands)) {
    if (json.size() > 1) json += ',';
    append_path(json, segment, bands);
  }
  return json + ']';
}

Result<std::string> bands_json(Node const& node) {
  auto const bands = read_bands(node);
  if (!bands) return bands.error();
  auto json = open_object(*bands);
  append_key(json, "comments", comments());
  return json + '}';
}

Result<std::string> bands_properties(Node const& node) {
  auto const bands = read_bands(node);
  if (!bands) return bands.error();
  return R"({"bands":)" + open_object(*bands) + "}}";
}

}  // namespace restapi::exporters
