// SPDX-License-Identifier: MIT
#include "api/nodes/derived_properties.hpp"

#include <algorithm>
#include <string>
#include <string_view>
#include <utility>

#include "api/nodes/fields.hpp"
#include "api/nodes/node_files.hpp"
#include "api/nodes/object_reading.hpp"
#include "exporters/bands_json.hpp"
#include "exporters/kpoints_properties.hpp"
#include "exporters/node_class.hpp"
#include "exporters/structure_properties.hpp"

namespace restapi::api {
namespace {

/// A class that has derived properties.
struct DerivedClass {
  std::string_view node_class;
  Result<std::string> (*properties)(exporters::Node const& node);
};

constexpr DerivedClass derived_classes[] = {
    {"structure.StructureData",
     [](exporters::Node const& node) { return exporters::structure_properties(node.attributes); }},
    {"array.kpoints.KpointsData", exporters::kpoints_properties},
    {"array.bands.BandsData", exporters::bands_properties},
};

}  // namespace

Result<std::unique_ptr<PendingRead>> plan_derived_properties(ObjectRequest const& asked) {
  auto plan = asked.planner.object(asked.view, asked.id, {});
  if (!plan) return std::move(plan).error();
  plan->projection =
      node_fields(plan->source, asked.planner.catalog, {"label", "node_type", "uuid"}, {"attributes", files_document});
  auto const tell = [type = asked.resource_type](ObjectRow const& row, ReadContext const& context) -> Result<Answer> {
    auto const node_class = exporters::node_class(row.at("node_type").value_or(""));
    auto const* const derived = std::ranges::find(derived_classes, node_class, &DerivedClass::node_class);
    std::string properties = "{}";
    if (derived != std::ranges::end(derived_classes)) {
      auto const node = exported(row, context);
      auto written = derived->properties(node);
      if (!written) return std::move(written).error();
      properties = *std::move(written);
    }
    return Answer{Json{"{\"derived_properties\":" + properties + "}"}, type};
  };
  return read_object(asked, *std::move(plan), {}, tell);
}

}  // namespace restapi::api
