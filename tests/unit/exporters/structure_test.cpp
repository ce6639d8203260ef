// SPDX-License-Identifier: MIT
#include "exporters/structure.hpp"

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>
#include <string>

#include "exporters/elements.hpp"
#include "exporters/formula.hpp"
#include "exporters/structure_properties.hpp"
#include "support/structures.hpp"

using nlohmann::json;
using restapi::Code;
using restapi::exporters::atomic_number;
using restapi::exporters::formula;
using restapi::exporters::read_structure;
using restapi::exporters::reduced_formula;
using restapi::exporters::structure_properties;
using restapi::exporters::symbol_text;

namespace {

/// With a kind for each of these, one site each time.
restapi::exporters::Structure structure_with(std::vector<restapi::exporters::Kind> const& kinds) {
  restapi::exporters::Structure structure{};
  for (auto const& kind : kinds) {
    structure.sites.push_back({structure.kinds.size(), {}});
    structure.kinds.push_back(kind);
  }
  return structure;
}

restapi::exporters::Structure of_symbols(std::vector<std::string> const& symbols) {
  std::vector<restapi::exporters::Kind> kinds;
  for (auto const& symbol : symbols) kinds.push_back({symbol, {{symbol, 1}}});
  return structure_with(kinds);
}

}  // namespace

TEST_CASE("atomic numbers", "[exporters][structure]") {
  CHECK(atomic_number("X") == 0);
  CHECK(atomic_number("H") == 1);
  CHECK(atomic_number("Ne") == 10);
  CHECK(atomic_number("Ar") == 18);
  CHECK(atomic_number("Fe") == 26);
  CHECK(atomic_number("Kr") == 36);
  CHECK(atomic_number("Xe") == 54);
  CHECK(atomic_number("W") == 74);
  CHECK(atomic_number("Rn") == 86);
  CHECK(atomic_number("U") == 92);
  CHECK(atomic_number("Og") == 118);
  for (auto const* text : {"", "fe", "FE", "Fe1", "D", "\xff"}) CHECK_FALSE(atomic_number(text));
}

TEST_CASE("a structure is read", "[exporters][structure]") {
  auto const structure = read_structure(support::magnesium_oxide().dump());
  REQUIRE(structure);
  CHECK(structure->cell[2][2] == 12.5);
  CHECK(structure->is_periodic == std::array{true, true, false});
  REQUIRE(structure->sites.size() == 2);
  CHECK(structure->kinds[structure->sites[1].kind].name == "O1");
  CHECK(structure->sites[1].position == restapi::exporters::Vector{1.5, 1.5, 0.125});
}

TEST_CASE("attributes that are no structure", "[exporters][structure]") {
  struct Case {
    char const* patch;  // JSON merge patch: null takes a key away
    char const* message;
  };
  auto const [patch, message] = GENERATE(values<Case>(
      {{R"({"cell":null})", "the structure has no cell"},
       {R"({"cell":[[1,0,0],[0,1,0]]})", "the cell of the structure is not three vectors"},
       {R"({"cell":"cubic"})", "the cell of the structure is not three vectors"},
       {R"({"cell":[[1,0,0],[0,1,0],[0,0]]})", "a vector of the structure's cell is not three numbers"},
       {R"({"cell":[[1,0,0],[0,1,0],[0,0,"1"]]})", "a vector of the structure's cell is not three numbers"},
       {R"({"cell":[[1,0,0],[0,1,0],{"a":1}]})", "a vector of the structure's cell is not three numbers"},
       {R"({"pbc2":null})", "the structure does not say in pbc2 whether it is periodic"},
       {R"({"pbc3":1})", "the structure does not say in pbc3 whether it is periodic"},
       {R"({"kinds":null})", "the structure has no kinds"},
       {R"({"kinds":[5]})", "a kind of the structure has no name"},
       {R"({"kinds":[{"name":"A"}]})", "the kind \"A\" has no symbols"},
       {R"({"kinds":[{"name":"A","symbols":[]}]})", "the kind \"A\" has no symbols"},
       {R"({"kinds":[{"name":"A","symbols":["O"]}]})", "the kind \"A\" has not as many weights as symbols"},
       {R"({"kinds":[{"name":"A","symbols":["O"],"weights":[0.5,0.5]}]})",
        "the kind \"A\" has not as many weights as symbols"},
       {R"({"kinds":[{"name":"A","symbols":[8],"weights":[1]}]})", "the kind \"A\" has a symbol that is no text"},
       {R"({"kinds":[{"name":"A","symbols":["Oo"],"weights":[1]}]})",
        "the kind \"A\" has the symbol \"Oo\", which is none of an element"},
       {R"({"kinds":[{"name":"A","symbols":["O"],"weights":["1"]}]})",
        "the kind \"A\" has a weight that is no number from 0 to 1"},
       {R"({"kinds":[{"name":"A","symbols":["O"],"weights":[-1e-9]}]})",
        "the kind \"A\" has a weight that is no number from 0 to 1"},
       {R"({"kinds":[{"name":"A","symbols":["O","N"],"weights":[0.5,0.6]}]})",
        "the kind \"A\" has weights of more than 1 together"},
       {R"({"kinds":[{"name":"A","symbols":["O"],"weights":[1]},{"name":"A","symbols":["N"],"weights":[1]}]})",
        "the structure has two kinds \"A\""},
       {R"({"sites":null})", "the structure has no sites"},
       {R"({"sites":[null]})", "a site of the structure does not name its kind"},
       {R"({"sites":[{"kind_name":"Zz","position":[0,0,0]}]})",
        "a site of the structure is of the kind \"Zz\", which it does not have"},
       {R"({"sites":[{"kind_name":"O1"}]})", "the position of a site of the structure is not three numbers"},
       {R"({"sites":[{"kind_name":"O1","position":[0,0,null]}]})",
        "the position of a site of the structure is not three numbers"}}));
  auto attributes = support::magnesium_oxide();
  attributes.merge_patch(json::parse(patch));
  auto const structure = read_structure(attributes.dump());
  REQUIRE_FALSE(structure);
  CHECK(structure.error().code == Code::export_not_possible);
  CHECK(structure.error().message == message);
}

TEST_CASE("attributes that cannot be read", "[exporters][structure]") {
  for (std::string const& text : {std::string(), std::string("{"), std::string("[]"), std::string("null"),
                                  std::string(R"({"cell":[[1e999,0,0],[0,1,0],[0,0,1]]})"),
                                  std::string(R"({"cell":[[NaN,0,0],[0,1,0],[0,0,1]]})"), std::string(100000, '[')}) {
    auto const structure = read_structure(text);
    REQUIRE_FALSE(structure);
    CHECK(structure.error().code == Code::export_not_possible);
  }
}

TEST_CASE("kinds as text", "[exporters][structure]") {
  CHECK(symbol_text({"Si1", {{"Si", 1}}}) == "Si");
  CHECK(symbol_text({"a", {{"Na", 0.8}}}) == "{Na0.80X0.20}");
  CHECK(symbol_text({"a", {{"Si", 0.6}, {"Ge", 0.4}}}) == "{Ge0.40Si0.60}");
  CHECK(symbol_text({"a", {{"Zn", 0.5}, {"Cd", 0.25}}}) == "{Cd0.25X0.25Zn0.50}");
  // Not exactly 1, but nothing is missing.
  CHECK(symbol_text({"a", {{"Si", 0.9999999}}}) == "{Si1.00}");
}

TEST_CASE("formulas in Hill's order", "[exporters][structure]") {
  CHECK(formula(of_symbols({"H", "O", "C", "H", "H", "C", "H", "H", "H"})) == "C2H6O");
  CHECK(formula(of_symbols({"O", "H", "H"})) == "H2O");
  CHECK(formula(of_symbols({"Na", "Cl", "H"})) == "ClHNa");
  CHECK(formula(of_symbols({"O", "C", "O"})) == "CO2");
  CHECK(formula(of_symbols({"Cs", "Cl", "Ca"})) == "CaClCs");
  CHECK(formula(of_symbols({})).empty());
  CHECK(formula(structure_with({{"a", {{"Si", 0.6}, {"Ge", 0.4}}}, {"Fe1", {{"Fe", 1}}}, {"Fe2", {{"Fe", 1}}}})) ==
        "Fe2{Ge0.40Si0.60}");
}

TEST_CASE("a kind without sites is not in the formula", "[exporters][structure]") {
  auto attributes = support::magnesium_oxide();
  attributes["sites"].erase(0);
  CHECK(formula(*read_structure(attributes.dump())) == "O");
}

TEST_CASE("formulas with the smallest counts", "[exporters][structure]") {
  CHECK(reduced_formula(of_symbols({"Si", "Si", "O", "O", "O", "O"})) == "O2Si");
  CHECK(reduced_formula(of_symbols({"Si", "Si"})) == "Si");
  CHECK(reduced_formula(of_symbols({"C", "H", "C", "H", "C", "H"})) == "CH");
  CHECK(reduced_formula(of_symbols({"Fe", "Fe", "O", "O", "O"})) == "Fe2O3");
  CHECK(reduced_formula(of_symbols({})).empty());
}

TEST_CASE("what repeats along the periodic directions", "[exporters][structure]") {
  auto const of = [](bool a, bool b, bool c) {
    auto attributes = support::magnesium_oxide();
    attributes["pbc1"] = a;
    attributes["pbc2"] = b;
    attributes["pbc3"] = c;
    return json::parse(*structure_properties(attributes.dump()))["dimensionality"].dump();
  };
  CHECK(of(false, false, false) == R"({"dim":0,"label":"","value":0})");
  CHECK(of(false, false, true) == R"({"dim":1,"label":"length","value":12.5})");
  CHECK(of(true, false, false) == R"({"dim":1,"label":"length","value":3.0})");
  CHECK(of(true, true, false) == R"({"dim":2,"label":"surface","value":9.0})");
  CHECK(of(false, true, true) == R"({"dim":2,"label":"surface","value":37.5})");
  CHECK(of(true, true, true) == R"({"dim":3,"label":"volume","value":112.5})");
}

TEST_CASE("derived properties of a structure", "[exporters][structure]") {
  CHECK(*structure_properties(R"({"cell":[[2,0,0],[0,2,0],[0,0,-2]],"pbc1":true,"pbc2":true,"pbc3":true,
      "kinds":[{"name":"Ba","symbols":["Ba"],"weights":[1],"mass":137.3}],
      "sites":[{"kind_name":"Ba","position":[0,0,0]}]})") ==
        R"({"dimensionality":{"dim":3,"label":"volume","value":8.0},"formula":"Ba"})");
  auto huge = support::magnesium_oxide();
  huge["pbc3"] = true;
  huge["cell"] = {{1e200, 0, 0}, {0, 1e200, 0}, {0, 0, 1e200}};
  CHECK(json::parse(*structure_properties(huge.dump()))["dimensionality"]["value"].is_null());
  CHECK_FALSE(structure_properties("{}"));
}
