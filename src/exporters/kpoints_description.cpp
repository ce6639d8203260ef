// SPDX-License-Identifier: MIT
#include "exporters/kpoints_description.hpp"

#include <fmt/format.h>

#include <nlohmann/json.hpp>
#include <optional>

namespace restapi::exporters {
namespace {

using Json = nlohmann::json;

bool has_three(Json const& value, bool (*is_right)(Json const&)) {
  return value.is_array() && value.size() == 3 && is_right(value[0]) && is_right(value[1]) && is_right(value[2]);
}

std::optional<std::string> mesh_description(Json const& attributes) {
  auto const is_number = [](Json const& value) { return value.is_number(); };
  auto const is_integer = [](Json const& value) { return value.is_number_integer(); };
  auto const mesh = attributes.find("mesh"), offset = attributes.find("offset");
  if (mesh == attributes.end() || !has_three(*mesh, is_integer)) return {};
  bool const has_offset = offset != attributes.end() && has_three(*offset, is_number);
  auto const shift = [&](std::size_t axis) { return has_offset ? (*offset)[axis].get<double>() : 0; };
  return fmt::format("Kpoints mesh: {}x{}x{} (+{:.1f},{:.1f},{:.1f})", (*mesh)[0].dump(), (*mesh)[1].dump(),
                     (*mesh)[2].dump(), shift(0), shift(1), shift(2));
}

}  // namespace

std::string kpoints_description(std::string_view attributes) {
  auto const json = Json::parse(attributes, nullptr, false);
  if (!json.is_object()) return {};
  if (auto mesh = mesh_description(json)) return *std::move(mesh);
  auto const shape = json.find("array|kpoints");
  if (shape == json.end() || !shape->is_array() || shape->empty() || !shape->front().is_number_integer()) return {};
  return fmt::format("(Path of {} kpts)", shape->front().dump());
}

}  // namespace restapi::exporters
