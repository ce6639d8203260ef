// SPDX-License-Identifier: MIT
#include "exporters/formats.hpp"

#include <algorithm>
#include <catch2/catch.hpp>
#include <string>

#include "exporters/array_json.hpp"
#include "exporters/node_class.hpp"
#include "exporters/xsf.hpp"

using restapi::exporters::download_formats;
using restapi::exporters::find_format;
using restapi::exporters::formats_of;
using restapi::exporters::node_class;

TEST_CASE("the class of a node type", "[exporters][formats]") {
  CHECK(node_class("data.core.structure.StructureData.") == "structure.StructureData");
  CHECK(node_class("data.structure.StructureData.") == "structure.StructureData");
  CHECK(node_class("data.core.array.bands.BandsData.") == "array.bands.BandsData");
  CHECK(node_class("data.demo.upf.UpfData.") == "demo.upf.UpfData");
  CHECK(node_class("data.core.core.upf.UpfData.") == "core.upf.UpfData");
  for (auto const* type : {"", ".", "data", "data.", "data.core.", "data.core.structure.StructureData",
                           "process.calculation.calcjob.CalcJobNode.", "node.data.core.structure.StructureData."})
    CHECK(node_class(type).empty());
}

TEST_CASE("the formats of each class", "[exporters][formats]") {
  std::string all;
  for (auto const& row : download_formats()) {
    all += std::string(row.node_class) + ':';
    for (auto const& format : row.formats) all += ' ' + std::string(format.name);
    all += '\n';
    CHECK(std::is_sorted(row.formats.begin(), row.formats.end(),
                         [](auto const& a, auto const& b) { return a.name < b.name; }));
  }
  CHECK(all ==
        "structure.StructureData: chemdoodle cif xsf xyz\n"
        "cif.CifData: cif\n"
        "upf.UpfData: json upf\n"
        "array.ArrayData: json\n"
        "array.kpoints.KpointsData: json\n"
        "array.projection.ProjectionData: json\n"
        "array.xy.XyData: json\n"
        "array.trajectory.TrajectoryData: cif json xsf\n"
        "array.bands.BandsData: agr agr_batch dat_blocks dat_multicolumn gnuplot json mpl_pdf mpl_png mpl_singlefile "
        "mpl_withjson\n");
}

TEST_CASE("a format is found by its name", "[exporters][formats]") {
  CHECK(find_format("structure.StructureData", "xsf")->exporter == restapi::exporters::structure_xsf);
  CHECK(find_format("array.trajectory.TrajectoryData", "json")->exporter == restapi::exporters::arrays_json);
  CHECK(find_format("structure.StructureData", "json") == nullptr);
  CHECK(find_format("structure.StructureData", "") == nullptr);
  CHECK(find_format("demo.structure.StructureData", "xsf") == nullptr);
  CHECK(formats_of("int.Int").empty());
  CHECK(formats_of("").empty());
}
