// SPDX-License-Identifier: MIT
#include "exporters/upf1.hpp"

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
  auto const made = upf_json(file, "X.UPF");
  INFO((made ? "" : made.error().message));
  REQUIRE(made);
  return json::parse(*made);
}

}  // namespace

TEST_CASE("a norm-conserving UPF 1", "[exporters][upf]") {
  auto const expected = json::parse(R"({"pseudo_potential": {
    "header": {"element": "X", "pseudo_type": "NC", "core_correction": true, "z_valence": 4.0, "l_max": 1,
      "mesh_size": 3, "number_of_wfc": 1, "number_of_proj": 2, "original_upf_file": "X.UPF"},
    "radial_grid": [0.1, 0.2, 0.4],
    "core_charge_density": [1.0, 2.0, 3.0],
    "local_potential": [-2.0, -1.5, -1.0],
    "beta_projectors": [
      {"radial_function": [1.0, 2.0], "label": "", "angular_momentum": 0, "cutoff_radius": 0.0,
        "ultrasoft_cutoff_radius": 0.0},
      {"radial_function": [-0.5], "label": "", "angular_momentum": 1, "cutoff_radius": 0.0,
        "ultrasoft_cutoff_radius": 0.0}],
    "D_ion": [1.5, -0.5, -0.5, 0.0],
    "atomic_wave_functions": [
      {"radial_function": [0.5, 0.25, 0.125], "label": "3S", "angular_momentum": 0, "occupation": 2.0}],
    "total_charge_density": [0.0, 1.0, 2.0]}})");
  CHECK(made_of(norm_conserving_1) == expected);
  // As another system ends its lines.
  std::string other;
  for (char const byte : norm_conserving_1) other += byte == '\n' ? std::string("\r\n") : std::string(1, byte);
  CHECK(made_of(other) == expected);
}

TEST_CASE("the charges of an ultrasoft UPF 1 are polynomials near the nucleus", "[exporters][upf]") {
  auto const made = made_of(ultrasoft_1)["pseudo_potential"];
  CHECK(made["header"]["pseudo_type"] == "US");
  CHECK(made["D_ion"] == json{0.0, 1.5, 1.5, 0.0});
  CHECK_FALSE(made.contains("core_charge_density"));
  CHECK(made["atomic_wave_functions"] == json::array());
  CHECK(made["augmentation"] == json::parse(R"([
    {"radial_function": [0.375, 11.0, 12.0], "i": 0, "j": 0, "angular_momentum": 0},
    {"radial_function": [0.5, 7.0, 22.0], "i": 0, "j": 1, "angular_momentum": 1},
    {"radial_function": [0.375, 31.0, 32.0], "i": 1, "j": 1, "angular_momentum": 0},
    {"radial_function": [0.40625, 11.0, 464.0], "i": 1, "j": 1, "angular_momentum": 2}])"));
}

TEST_CASE("without coefficients there is no augmentation", "[exporters][upf]") {
  CHECK(made_of(with(ultrasoft_1, "    2     nqf", "    0     nqf"))["pseudo_potential"]["augmentation"] ==
        json::array());
  CHECK_FALSE(made_of(norm_conserving_1)["pseudo_potential"].contains("augmentation"));
}

TEST_CASE("a local UPF 1 needs no projectors", "[exporters][upf]") {
  auto file = with(norm_conserving_1, "1    2             Number", "0    0             Number");
  file = with(file, "    1                  Max", "   -1                  Max");
  file.erase(file.find("<PP_NONLOCAL>"), file.find("<PP_RHOATOM>") - file.find("<PP_NONLOCAL>"));
  auto const made = made_of(file)["pseudo_potential"];
  CHECK(made["header"]["l_max"] == -1);
  CHECK(made["beta_projectors"] == json::array());
  CHECK(made["D_ion"] == json::array());
  CHECK(made["atomic_wave_functions"] == json::array());
}

TEST_CASE("what is wrong with a UPF 1 is said", "[exporters][upf]") {
  struct Case {
    char const* part;
    char const* other;
    char const* message;
  };
  for (auto const& [part, other, message] : {
           Case{"<PP_HEADER>", "", "it has no <PP_HEADER>"},
           {"<PP_R>", "", "it has no <PP_R>"},
           {"<PP_RHOATOM>", "", "it has no <PP_RHOATOM>"},
           {"   Y   ", "       \n", "<PP_HEADER> ends early"},
           {"    3.0                Z", "    Z", "<PP_HEADER> has a word where a number belongs"},
           {"    3                  Number", "    2000000000 Number", "<PP_R> has fewer numbers than it should"},
           {"    3                  Number", "    0 Number",
            "<PP_HEADER> has no integer of 1 to 2147483647 where one belongs"},
           {"    3                  Number", "    99999999999 Number",
            "<PP_HEADER> has no integer of 1 to 2147483647 where one belongs"},
           {"    1                  Max", "    1000000 Max", "<PP_HEADER> has no integer of -1 to 8 where one belongs"},
           {"    1                  Max", "   -1 Max", "a projector is beyond the largest angular momentum"},
           {"0    2             Number", "0    201 Number", "<PP_HEADER> has no integer of 0 to 200 where one belongs"},
           {"0    2             Number", "0\n", "<PP_HEADER> ends early"},
           {"0    2             Number", "0    3 Number", "it has no <PP_BETA>"},
           {"0    2             Number", "1    2 Number", "<PP_PSWFC> ends early"},
           {"     1\n   1.0\n", "     2000000000\n   1.0\n", "<PP_BETA> has fewer numbers than it should"},
           {"    1    2  3.0", "    1    3  3.0", "<PP_DIJ> has no integer of 1 to 2 where one belongs"},
           {"    1    2  3.0", "    0    2  3.0", "<PP_DIJ> has no integer of 1 to 2 where one belongs"},
           {"    1    2  3.0", "    1    2", "<PP_DIJ> ends early"},
           {"    2     nqf", "    1000000 nqf", "<PP_QIJ> has no integer of 0 to 16 where one belongs"},
           {"    3  2.5\n", "", "<PP_RINNER> ends early"},
           {"    1    2    1 ", "    1    2    0 ", "<PP_QIJ> has no integer of 1 to 1 where one belongs"},
           {"   5.0 6.0\n", "", "<PP_QFCOEF> has fewer numbers than it should"},
       }) {
    INFO(part << " → " << other);
    auto const made = upf_json(with(ultrasoft_1, part, other), "X.UPF");
    REQUIRE_FALSE(made);
    CHECK(made.error().code == Code::export_not_possible);
    CHECK(made.error().message == "the pseudopotential is damaged: " + std::string(message));
  }
}
