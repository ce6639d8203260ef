// SPDX-License-Identifier: MIT
#include "exporters/formats.hpp"

#include <algorithm>

#include "exporters/array_json.hpp"
#include "exporters/bands_agr.hpp"
#include "exporters/bands_agr_batch.hpp"
#include "exporters/bands_dat.hpp"
#include "exporters/bands_gnuplot.hpp"
#include "exporters/bands_json.hpp"
#include "exporters/bands_mpl.hpp"
#include "exporters/chemdoodle.hpp"
#include "exporters/cif.hpp"
#include "exporters/stored_file.hpp"
#include "exporters/trajectory.hpp"
#include "exporters/upf.hpp"
#include "exporters/xsf.hpp"
#include "exporters/xyz.hpp"

namespace restapi::exporters {
namespace {

constexpr Format structure[] = {
    {"chemdoodle", structure_chemdoodle}, {"cif", structure_cif}, {"xsf", structure_xsf}, {"xyz", structure_xyz}};
constexpr Format cif[] = {{"cif", stored_file}};
constexpr Format upf[] = {{"json", upf_json_of}, {"upf", stored_file}};
constexpr Format arrays[] = {{"json", arrays_json}};
constexpr Format trajectory[] = {{"cif", trajectory_cif}, {"json", arrays_json}, {"xsf", trajectory_xsf}};
constexpr Format bands[] = {{"agr", bands_agr},
                            {"agr_batch", bands_agr_batch},
                            {"dat_blocks", bands_dat_blocks},
                            {"dat_multicolumn", bands_dat_multicolumn},
                            {"gnuplot", bands_gnuplot},
                            {"json", bands_json},
                            {"mpl_pdf", bands_mpl_picture},
                            {"mpl_png", bands_mpl_picture},
                            {"mpl_singlefile", bands_mpl_singlefile},
                            {"mpl_withjson", bands_mpl_withjson}};

constexpr ClassFormats rows[] = {
    {"structure.StructureData", structure},
    {"cif.CifData", cif},
    {"upf.UpfData", upf},
    {"array.ArrayData", arrays},
    {"array.kpoints.KpointsData", arrays},
    {"array.projection.ProjectionData", arrays},
    {"array.xy.XyData", arrays},
    {"array.trajectory.TrajectoryData", trajectory},
    {"array.bands.BandsData", bands},
};

}  // namespace

std::span<ClassFormats const> download_formats() { return rows; }

std::span<Format const> formats_of(std::string_view node_class) {
  auto const row =
      std::find_if(std::begin(rows), std::end(rows), [&](auto const& r) { return r.node_class == node_class; });
  return row == std::end(rows) ? std::span<Format const>() : row->formats;
}

Format const* find_format(std::string_view node_class, std::string_view name) {
  auto const formats = formats_of(node_class);
  auto const found = std::find_if(formats.begin(), formats.end(), [&](auto const& f) { return f.name == name; });
  return found == formats.end() ? nullptr : &*found;
}

}  // namespace restapi::exporters
