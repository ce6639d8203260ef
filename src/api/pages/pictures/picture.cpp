// SPDX-License-Identifier: MIT
#include "api/pages/pictures/picture.hpp"

#include "api/pages/values.hpp"

namespace restapi::api::pages {
namespace {

struct Row {
  std::string_view class_name;  // what the type ends in, whichever generation of AiiDA wrote it
  std::string (*draw)(Drawn const& drawn);
};

constexpr Row rows[] = {
    {"StructureData", structure_picture},
    {"BandsData", bands_picture},
    {"KpointsData", kpoints_picture},
    {"UpfData", upf_picture},
    {"UpfPseudoData", upf_picture},
    {"ArrayData", arrays_picture},
    {"XyData", arrays_picture},
    {"ProjectionData", arrays_picture},
    {"TrajectoryData", arrays_picture},
    {"CifData", text_picture},
    {"SinglefileData", text_picture},
    {"CalcJobNode", process_picture},
    {"CalcFunctionNode", process_picture},
    {"WorkChainNode", process_picture},
    {"WorkFunctionNode", process_picture},
};

}  // namespace

std::optional<nlohmann::json> exported(Drawn const& drawn) {
  if (drawn.stored_bytes > most_bytes || numbers_in_arrays(drawn.attributes) > most_numbers) return std::nullopt;
  return drawn.client.exported(drawn.address);
}

std::string picture_of(Drawn const& drawn) {
  auto const class_name = short_type(text_in(drawn.node, "node_type"));
  for (auto const& row : rows)
    if (row.class_name == class_name) return row.draw(drawn);
  return {};
}

}  // namespace restapi::api::pages
