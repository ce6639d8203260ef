// SPDX-License-Identifier: MIT
#include "exporters/trajectory.hpp"

#include <catch2/catch.hpp>
#include <cmath>
#include <map>
#include <string>

#include "exporters/cif.hpp"
#include "support/npy_file.hpp"

using restapi::Code;
using restapi::exporters::trajectory_cif;
using restapi::exporters::trajectory_xsf;
using support::bytes_of;
using support::node_of;
using support::npy_of;

namespace {

using Doubles = std::vector<double>;
using Files = std::map<std::string, std::string, std::less<>>;

std::string const attributes =
    R"({"array|cells":[2,3,3],"array|positions":[2,2,3],"array|steps":[2],"symbols":["Mg","O"]})";

/// Two steps of MgO.
Files files() {
  return {
      {"cells.npy",
       npy_of("<f8", "(2, 3, 3)", bytes_of(Doubles{3, 0, 0, 0, 3, 0, 0, 0, 12.5, 4, 0, 0, 0, 4, 0, 0, 0, 12.5}))},
      {"positions.npy", npy_of("<f8", "(2, 2, 3)", bytes_of(Doubles{0, 0, 0, 1.5, 1.5, 0.125, 0, 0, 0, -1, 2, 6.25}))}};
}

restapi::Error error_of(restapi::exporters::Node const& node) {
  auto const xsf = trajectory_xsf(node), cif = trajectory_cif(node);
  REQUIRE_FALSE(xsf);
  REQUIRE_FALSE(cif);
  CHECK(xsf.error().message == cif.error().message);
  return xsf.error();
}

}  // namespace

TEST_CASE("a trajectory as XSF", "[exporters][trajectory]") {
  CHECK(*trajectory_xsf(node_of(attributes, files())) ==
        "ANIMSTEPS 2\n"
        "CRYSTAL\n"
        "PRIMVEC 1\n"
        "           3.00000            0.00000            0.00000\n"
        "           0.00000            3.00000            0.00000\n"
        "           0.00000            0.00000           12.50000\n"
        "PRIMCOORD 1\n"
        "2 1\n"
        "12       0.0000000000       0.0000000000       0.0000000000\n"
        "8       1.5000000000       1.5000000000       0.1250000000\n"
        "PRIMVEC 2\n"
        "           4.00000            0.00000            0.00000\n"
        "           0.00000            4.00000            0.00000\n"
        "           0.00000            0.00000           12.50000\n"
        "PRIMCOORD 2\n"
        "2 1\n"
        "12       0.0000000000       0.0000000000       0.0000000000\n"
        "8      -1.0000000000       2.0000000000       6.2500000000\n");
}

TEST_CASE("a trajectory as CIF", "[exporters][trajectory]") {
  auto const text = trajectory_cif(node_of(attributes, files()));
  REQUIRE(text);
  CHECK(text->find(restapi::exporters::cif_comment() + "data_0\nloop_\n") == 0);
  CHECK(text->find("\nO1 0.5 0.5 0.01 O\n") != text->npos);
  auto const second = text->find("\ndata_1\n");
  REQUIRE(second != text->npos);
  CHECK(text->find("\nO1 0.75 0.5 0.5 O\n", second) != text->npos);
  CHECK(text->find("_cell_length_a 4.0\n", second) != text->npos);
  CHECK(text->find("_symmetry_int_tables_number 1\n", second) != text->npos);
}

TEST_CASE("trajectories that lack something", "[exporters][trajectory]") {
  CHECK(error_of(node_of("[]")).code == Code::export_not_possible);
  CHECK(error_of(node_of(R"({"array|positions":[2,2,3],"symbols":["Mg","O"]})", files())).message ==
        "the trajectory has no cells");
  CHECK(error_of(node_of(R"({"array|cells":[2,3,3],"symbols":["Mg","O"]})", files())).message ==
        "the trajectory has no positions");
  auto const with_symbols = [](std::string const& symbols) {
    return node_of(R"({"array|cells":[2,3,3],"array|positions":[2,2,3])" + symbols + "}", files());
  };
  CHECK(error_of(with_symbols("")).message == "the trajectory has no list of symbols");
  CHECK(error_of(with_symbols(R"(,"symbols":"MgO")")).message == "the trajectory has no list of symbols");
  CHECK(error_of(with_symbols(R"(,"symbols":["Mg",8])")).message == "a symbol of the trajectory is no text");
  CHECK(error_of(with_symbols(R"(,"symbols":["Mg","O1"])")).message == "\"O1\" is not the symbol of an element");
  CHECK(error_of(with_symbols(R"(,"symbols":["Mg"])")).message ==
        "the array positions has not the shape that it needs");
  CHECK(error_of(node_of(attributes)).code == Code::no_such_object);
}

TEST_CASE("trajectories whose arrays do not fit", "[exporters][trajectory]") {
  auto const with = [](std::string const& name, std::string const& file) {
    auto all = files();
    all[name] = file;
    return error_of(node_of(attributes, all));
  };
  auto const cells = "the array cells has not the shape that it needs";
  CHECK(with("cells.npy", npy_of("<f8", "(1000000000, 0)", "")).message == cells);
  CHECK(with("cells.npy", npy_of("<f8", "()", "12345678")).message == cells);
  CHECK(with("cells.npy", npy_of("<f8", "(3, 3)", bytes_of(Doubles(9)))).message == cells);
  CHECK(with("positions.npy", npy_of("<f8", "(1, 2, 3)", bytes_of(Doubles(6)))).message ==
        "the array positions has not the shape that it needs");
  CHECK(with("positions.npy", npy_of("<f8", "(2, 2, 3)", bytes_of(Doubles(12, NAN)))).message ==
        "the array positions has numbers that are not finite");
  CHECK(with("positions.npy", npy_of("|S1", "(2, 2, 3)", std::string(12, 'x'))).code == Code::export_not_possible);
  CHECK(with("positions.npy", "\x93NUMPY").code == Code::export_not_possible);
}

TEST_CASE("a trajectory without steps or without atoms", "[exporters][trajectory]") {
  Files const none{{"cells.npy", npy_of("<f8", "(0, 3, 3)", "")}, {"positions.npy", npy_of("<f8", "(0, 2, 3)", "")}};
  CHECK(*trajectory_xsf(node_of(attributes, none)) == "ANIMSTEPS 0\nCRYSTAL\n");
  CHECK(*trajectory_cif(node_of(attributes, none)) == restapi::exporters::cif_comment());
  Files const empty{{"cells.npy", npy_of("<f8", "(1, 3, 3)", bytes_of(Doubles{1, 0, 0, 0, 1, 0, 0, 0, 1}))},
                    {"positions.npy", npy_of("<f8", "(1, 0, 3)", "")}};
  auto const node = node_of(R"({"array|cells":[1,3,3],"array|positions":[1,0,3],"symbols":[]})", empty);
  CHECK(trajectory_xsf(node)->find("PRIMCOORD 1\n0 1\n") != std::string::npos);
  CHECK(trajectory_cif(node)->find("data_0\n_cell_angle_alpha 90.0\n") != std::string::npos);
}
