// SPDX-License-Identifier: MIT
#include "exporters/upf2.hpp"

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>
#include <string>

#include "exporters/upf.hpp"
#include "upf_files.hpp"

using nlohmann::json;
using namespace restapi;
using namespace restapi::test;
using restapi::exporters::upf_json;

namespace {

json made_of(std::string_view file) {
  auto const made = upf_json(file, "X.upf");
  INFO((made ? "" : made.error().message));
  REQUIRE(made);
  return json::parse(*made);
}

void refused(std::string const& file, Code code, char const* message) {
  INFO(message);
  auto const made = upf_json(file, "X.upf");
  REQUIRE_FALSE(made);
  CHECK(made.error().code == code);
  CHECK(made.error().message == message);
}

}  // namespace

TEST_CASE("a norm-conserving UPF 2", "[exporters][upf]") {
  CHECK(made_of(norm_conserving_2) == json::parse(R"({"pseudo_potential": {
    "header": {"element": "X", "pseudo_type": "NC", "is_ultrasoft": false, "spin_orbit": false, "core_correction": true,
      "z_valence": 4.0, "mesh_size": 4, "number_of_wfc": 1, "number_of_proj": 2, "original_upf_file": "X.upf"},
    "radial_grid": [0.0, 0.1, 0.2, 0.5],
    "core_charge_density": [0.1, 0.2, 0.3, 0.4],
    "local_potential": [-2.0, -1.5, -1.0, -0.5],
    "beta_projectors": [
      {"radial_function": [1.0, 2.0, 3.0], "label": "3S", "angular_momentum": 0},
      {"radial_function": [0.0, -0.5], "angular_momentum": 1}],
    "D_ion": [0.5, 0.25, 0.25, -1.5],
    "atomic_wave_functions": [
      {"radial_function": [0.0, 0.5, 0.25, 0.125], "label": "3S", "angular_momentum": 0, "occupation": 2.0}],
    "total_charge_density": [0.0, 1.0, 2.0, 1e-102]}})"));
}

TEST_CASE("an ultrasoft UPF 2 with spin-orbit coupling", "[exporters][upf]") {
  auto const made = made_of(ultrasoft_2);
  CHECK(made == json::parse(R"({"pseudo_potential": {
    "header": {"element": "Y", "pseudo_type": "US", "is_ultrasoft": true, "spin_orbit": true, "core_correction": false,
      "z_valence": 3.0, "mesh_size": 2, "number_of_wfc": 1, "number_of_proj": 2, "original_upf_file": "X.upf"},
    "radial_grid": [1.0, 2.0],
    "local_potential": [-0.5, -0.25],
    "beta_projectors": [
      {"radial_function": [1.0, 2.0], "label": "2P", "angular_momentum": 1.0, "total_angular_momentum": 0.5},
      {"radial_function": [3.0, 4.0], "label": "2P", "angular_momentum": 1.0, "total_angular_momentum": 1.5}],
    "D_ion": [1.0, 0.0, 0.0, 2.0],
    "augmentation": [
      {"radial_function": [110.0, 1.0], "i": 0, "j": 0, "angular_momentum": 0},
      {"radial_function": [112.0, 1.0], "i": 0, "j": 0, "angular_momentum": 2},
      {"radial_function": [120.0, 1.0], "i": 0, "j": 1, "angular_momentum": 0},
      {"radial_function": [122.0, 1.0], "i": 0, "j": 1, "angular_momentum": 2},
      {"radial_function": [220.0, 1.0], "i": 1, "j": 1, "angular_momentum": 0},
      {"radial_function": [222.0, 1.0], "i": 1, "j": 1, "angular_momentum": 2}],
    "atomic_wave_functions": [
      {"radial_function": [0.5, 0.25], "angular_momentum": 1, "occupation": 1.5, "total_angular_momentum": 1.5}],
    "total_charge_density": [1.0, 2.0]}})"));
  auto const& projector = made["pseudo_potential"]["beta_projectors"][0];
  CHECK(projector["angular_momentum"].is_number_float());
  CHECK(made["pseudo_potential"]["atomic_wave_functions"][0]["angular_momentum"].is_number_integer());
}

TEST_CASE("a PAW UPF 2", "[exporters][upf]") {
  CHECK(made_of(paw_2) == json::parse(R"({"pseudo_potential": {
    "header": {"element": "Z", "pseudo_type": "PAW", "is_ultrasoft": true, "spin_orbit": false, "core_correction": false,
      "z_valence": 1.0, "mesh_size": 2, "number_of_wfc": 0, "number_of_proj": 1, "cutoff_radius_index": 2,
      "paw_core_energy": -1.5, "original_upf_file": "X.upf"},
    "radial_grid": [1.0, 2.0],
    "local_potential": [-0.5, -0.25],
    "beta_projectors": [{"radial_function": [1.0], "label": "1S", "angular_momentum": 0}],
    "D_ion": [1.0],
    "augmentation": [{"radial_function": [5.0, 6.0], "i": 0, "j": 0, "angular_momentum": 0}],
    "atomic_wave_functions": [],
    "paw_data": {"aug_integrals": [0.25], "aug_multipoles": [0.75],
      "ae_wfc": [{"radial_function": [7.0, 8.0], "label": "1S", "angular_momentum": 0}],
      "ps_wfc": [{"radial_function": [9.0, 10.0], "angular_momentum": 0}],
      "occupations": [1.0], "ae_core_charge_density": [0.5, 0.25], "ae_local_potential": [-1.0, -0.5]},
    "total_charge_density": [1.0, 2.0]}})"));
}

TEST_CASE("the points of the grid count, not what the header says of them", "[exporters][upf]") {
  auto const made = made_of(with(norm_conserving_2, "mesh_size=\"4\"", "mesh_size=\"2000000000\""));
  CHECK(made["pseudo_potential"]["header"]["mesh_size"] == 4);
}

TEST_CASE("numbers between comments and in CDATA belong together", "[exporters][upf]") {
  auto const made = made_of(with(paw_2, ">1.0 2.0</PP_R>", ">1.0<!-- and --><![CDATA[2.0 ]]>3.0</PP_R>"));
  CHECK(made["pseudo_potential"]["radial_grid"] == json{1.0, 2.0, 3.0});
}

TEST_CASE("a PAW without an energy of the core has none", "[exporters][upf]") {
  auto const made = made_of(with(paw_2, " core_energy=\"-3.0\"", ""));
  CHECK_FALSE(made["pseudo_potential"]["header"].contains("paw_core_energy"));
}

TEST_CASE("where a projector does not say where it ends, it ends with zeros", "[exporters][upf]") {
  auto const made = made_of(with(paw_2, "cutoff_radius_index=\"1\">1.0 2.0", ">0.0 0.0"));
  CHECK(made["pseudo_potential"]["beta_projectors"][0]["radial_function"] == json::array());
  // More than there are.
  auto const more = made_of(with(paw_2, "cutoff_radius_index=\"1\"", "cutoff_radius_index=\"2147483647\""));
  CHECK(more["pseudo_potential"]["beta_projectors"][0]["radial_function"] == json{1.0, 2.0});
}

TEST_CASE("numbers that are not finite are null, bad UTF-8 is replaced", "[exporters][upf]") {
  auto const made = made_of(with(with(paw_2, "1.0 2.0", "NaN 1E999"), "element=\"Z\"", "element=\"\xFF\""));
  CHECK(made["pseudo_potential"]["radial_grid"] == json{nullptr, nullptr});
  CHECK(made["pseudo_potential"]["header"]["element"] == "\uFFFD");
}

TEST_CASE("what is wrong with a UPF 2 is said", "[exporters][upf]") {
  auto const damaged = [](std::string_view part, std::string_view other, char const* message) {
    refused(with(paw_2, part, other), Code::export_not_possible, message);
  };
  damaged("</PP_R>", "", "the pseudopotential is no well-formed XML");
  damaged("PP_HEADER", "PP_NOTHING", "the pseudopotential is damaged: it has no PP_HEADER");
  damaged("number_of_proj", "n", "the pseudopotential is damaged: PP_HEADER has no number_of_proj");
  damaged("z_valence=\"1.0\"", "z_valence=\"x\"",
          "the pseudopotential is damaged: z_valence of PP_HEADER is no number");
  damaged("number_of_proj=\"1\"", "number_of_proj=\"201\"",
          "the pseudopotential is damaged: number_of_proj of PP_HEADER is no integer of 0 to 200");
  damaged("number_of_proj=\"1\"", "number_of_proj=\"-1\"",
          "the pseudopotential is damaged: number_of_proj of PP_HEADER is no integer of 0 to 200");
  damaged("number_of_proj=\"1\"", "number_of_proj=\"2\"",
          "the pseudopotential is damaged: it has no PP_NONLOCAL/PP_BETA.2");
  damaged("number_of_wfc=\"0\"", "number_of_wfc=\"1\"", "the pseudopotential is damaged: it has no PP_PSWFC/PP_CHI.1");
  damaged("angular_momentum=\"0\"", "angular_momentum=\"1000000000\"",
          "the pseudopotential is damaged: angular_momentum of PP_BETA.1 is no integer of 0 to 8");
  damaged("angular_momentum=\"0\"", "angular_momentum=\"1\"",
          "the pseudopotential is damaged: it has no PP_NONLOCAL/PP_AUGMENTATION/PP_QIJL.1.1.2");
  damaged("cutoff_radius_index=\"1\"", "cutoff_radius_index=\"-1\"",
          "the pseudopotential is damaged: cutoff_radius_index of PP_BETA.1 is no integer of 0 to 2147483647");
  damaged("7.0 8.0", "7.0 8.O",
          "the pseudopotential is damaged: PP_FULL_WFC/PP_AEWFC.1 has a word where a number belongs");
  damaged("<PP_MULTIPOLES>0.75</PP_MULTIPOLES>", "",
          "the pseudopotential is damaged: it has no PP_NONLOCAL/PP_AUGMENTATION/PP_MULTIPOLES");
  refused(with(ultrasoft_2, "jjj=\"1.5\"", ""), Code::export_not_possible,
          "the pseudopotential is damaged: PP_RELBETA.2 has no jjj");
  refused(with(ultrasoft_2, "q_with_l=\"T\"", "q_with_l=\"F\""), Code::export_not_possible,
          "the pseudopotential's augmentation is not given by angular momentum");
}

TEST_CASE("elements without number, and of any depth, take no time", "[exporters][upf]") {
  std::string many = "<UPF version='2'>", deep = many;
  for (int i = 0; i < 400'000; ++i) many += "<a/>";
  for (int i = 0; i < 200'000; ++i) deep += "<a>";
  refused(many + "</UPF>", Code::export_not_possible, "the pseudopotential has too many tags and attributes");
  refused(deep, Code::export_not_possible, "the pseudopotential is no well-formed XML");
  std::string closed = "<UPF version='2'>";
  for (int i = 0; i < 100'000; ++i) closed += "<a>";
  for (int i = 0; i < 100'000; ++i) closed += "</a>";
  refused(closed + "</UPF>", Code::export_not_possible, "the pseudopotential is damaged: it has no PP_HEADER");
}
