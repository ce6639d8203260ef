// SPDX-License-Identifier: MIT
#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>
#include <string>

#include "exporters/chemdoodle.hpp"
#include "exporters/cif.hpp"
#include "exporters/comments.hpp"
#include "exporters/xsf.hpp"
#include "exporters/xyz.hpp"
#include "support/npy_file.hpp"
#include "support/structures.hpp"

using nlohmann::json;
using restapi::Code;
using restapi::exporters::structure_chemdoodle;
using restapi::exporters::structure_cif;
using restapi::exporters::structure_xsf;
using restapi::exporters::structure_xyz;
using support::node_of;

namespace {

auto node(json const& attributes) { return node_of(attributes.dump()); }

json vacancy() {
  auto attributes = support::alloy();
  attributes["kinds"][0]["symbols"] = {"Na"};
  attributes["kinds"][0]["weights"] = {0.8};
  return attributes;
}

/// Without its comment.
std::string cif_of(json const& attributes) {
  auto const text = structure_cif(node(attributes));
  REQUIRE(text);
  auto const comment = "# " + restapi::exporters::comment_lines()[0] + "\n";
  REQUIRE(text->substr(0, comment.size()) == comment);
  return text->substr(comment.size());
}

}  // namespace

TEST_CASE("a structure as XSF", "[exporters][structure]") {
  CHECK(*structure_xsf(node(support::magnesium_oxide())) ==
        "CRYSTAL\n"
        "PRIMVEC 1\n"
        "      3.0000000000       0.0000000000       0.0000000000\n"
        "      0.0000000000       3.0000000000       0.0000000000\n"
        "      0.0000000000       0.0000000000      12.5000000000\n"
        "PRIMCOORD 1\n"
        "2 1\n"
        "12       0.0000000000       0.0000000000       0.0000000000\n"
        "8       1.5000000000       1.5000000000       0.1250000000\n");
}

TEST_CASE("a structure as XYZ", "[exporters][structure]") {
  CHECK(*structure_xyz(node(support::magnesium_oxide())) ==
        "2\n"
        "Lattice=\"3.0 0.0 0.0 0.0 3.0 0.0 0.0 0.0 12.5\" pbc=\"True True False\"\n"
        "Mg           0.0000000000       0.0000000000       0.0000000000\n"
        "O            1.5000000000       1.5000000000       0.1250000000");
}

TEST_CASE("a structure as CIF", "[exporters][structure]") {
  auto attributes = support::magnesium_oxide();
  attributes["pbc3"] = true;
  attributes["sites"][1]["position"] = {-0.75, 1.5, 6.25};
  CHECK(cif_of(attributes) ==
        "data_0\n"
        "loop_\n"
        "_atom_site_label\n"
        "_atom_site_fract_x\n"
        "_atom_site_fract_y\n"
        "_atom_site_fract_z\n"
        "_atom_site_type_symbol\n"
        "Mg1 0.0 0.0 0.0 Mg\n"
        "O1 0.75 0.5 0.5 O\n"
        "_cell_angle_alpha 90.0\n"
        "_cell_angle_beta 90.0\n"
        "_cell_angle_gamma 90.0\n"
        "_cell_length_a 3.0\n"
        "_cell_length_b 3.0\n"
        "_cell_length_c 12.5\n"
        "loop_\n"
        "_symmetry_equiv_pos_as_xyz\n"
        "'x, y, z'\n"
        "_symmetry_int_tables_number 1\n"
        "_symmetry_space_group_name_H-M 'P 1'\n");
}

TEST_CASE("a CIF wraps periodic directions alone", "[exporters][structure]") {
  auto attributes = support::magnesium_oxide();
  attributes["sites"] = json::parse(R"([{"kind_name":"O1","position":[4.5,-1e-20,-6.25]},
      {"kind_name":"Mg","position":[3,-3,25]}, {"kind_name":"O1","position":[0,0,0]}])");
  auto const text = cif_of(attributes);
  CHECK(text.find("O1 0.5 0.0 -0.5 O\nMg1 0.0 0.0 2.0 Mg\nO2 0.0 0.0 0.0 O\n") != text.npos);
  CHECK(text.find("_symmetry") == text.npos);
}

TEST_CASE("a CIF of a cell without right angles", "[exporters][structure]") {
  auto attributes = support::magnesium_oxide();
  attributes["cell"] = {{0, 2, 2}, {2, 0, 2}, {2, 2, 0}};
  attributes["sites"][1]["position"] = {2, 2, 2};
  auto const text = cif_of(attributes);
  CHECK(text.find("O1 0.5 0.5 0.5 O\n") != text.npos);
  CHECK(text.find("_cell_angle_alpha 60.0") != text.npos);
  CHECK(text.find("_cell_length_c 2.82842712474619") != text.npos);
}

TEST_CASE("cells that a CIF cannot tell", "[exporters][structure]") {
  for (json const& cell : {json{{0, 0, 0}, {0, 1, 0}, {0, 0, 1}}, json{{1, 2, 3}, {2, 4, 6}, {0, 0, 1}},
                           json{{1e308, 1e308, 1e308}, {-1e308, 1e308, 0}, {0, 1e308, -1e308}}}) {
    auto attributes = support::magnesium_oxide();
    attributes["cell"] = cell;
    attributes["sites"][1]["position"] = {1e-300, 1e300, 1};
    auto const text = structure_cif(node(attributes));
    REQUIRE_FALSE(text);
    CHECK(text.error().code == Code::export_not_possible);
  }
}

TEST_CASE("formats without alloys and vacancies", "[exporters][structure]") {
  for (auto const exporter : {structure_xsf, structure_xyz, structure_cif})
    for (auto const& attributes : {support::alloy(), vacancy()}) {
      auto const text = exporter(node(attributes));
      REQUIRE_FALSE(text);
      CHECK(text.error().code == Code::export_not_possible);
    }
  CHECK(structure_xsf(node(support::alloy())).error().message == "alloys and vacancies cannot be written as XSF");
}

TEST_CASE("a structure without sites", "[exporters][structure]") {
  auto attributes = support::magnesium_oxide();
  attributes["sites"] = json::array();
  CHECK(structure_xyz(node(attributes))->find("0\nLattice=") == 0);
  CHECK(structure_xsf(node(attributes))->find("PRIMCOORD 1\n0 1\n") != std::string::npos);
  CHECK(cif_of(attributes).find("data_0\n_cell_angle_alpha 90.0\n") == 0);
  CHECK(json::parse(*structure_chemdoodle(node(attributes)))["m"][0]["a"].empty());
}

TEST_CASE("a structure for ChemDoodle", "[exporters][structure]") {
  CHECK(json::parse(*structure_chemdoodle(node(support::alloy()))) == json::parse(R"(
      {"s": [{"t": "UnitCell", "i": "s0", "o": [-1.0, -1.0, -2.0], "x": [1.0, -1.0, -2.0], "y": [-1.0, 1.0, -2.0],
        "z": [-1.0, -1.0, 2.0], "xy": [1.0, 1.0, -2.0], "xz": [1.0, -1.0, 2.0], "yz": [-1.0, 1.0, 2.0],
        "xyz": [1.0, 1.0, 2.0]}], "m": [{"a": [{"l": "{Ge0.40Si0.60}", "x": -1.0, "y": -1.0, "z": -1.5,
        "atomic_elements_html": "Ge<sub>0.40</sub> + Si<sub>0.60</sub>"}]}], "units": "&Aring;"})"));
  auto const atoms = [](json const& attributes) {
    return json::parse(*structure_chemdoodle(node(attributes)))["m"][0]["a"];
  };
  CHECK(atoms(vacancy())[0]["l"] == "{Na0.80X0.20}");
  CHECK(atoms(vacancy())[0]["atomic_elements_html"] == "Na<sub>0.80</sub> + vacancy<sub>0.20</sub>");
  CHECK(atoms(support::magnesium_oxide())[1]["atomic_elements_html"] == "O");
  CHECK(atoms(support::magnesium_oxide())[0]["l"] == "Mg");
}

TEST_CASE("numbers beyond all bounds are null in JSON", "[exporters][structure]") {
  auto attributes = support::magnesium_oxide();
  attributes["cell"] = {{1e308, 0, 0}, {1e308, 0, 0}, {0, 0, 1}};
  auto const document = json::parse(*structure_chemdoodle(node(attributes)));
  CHECK(document["s"][0]["o"][0].is_null());
  CHECK(document["s"][0]["o"][2] == -0.5);
}

TEST_CASE("nodes that are no structures", "[exporters][structure]") {
  for (auto const exporter : {structure_xsf, structure_xyz, structure_cif, structure_chemdoodle})
    CHECK(exporter(node_of("{}")).error().message == "the structure has no cell");
}
