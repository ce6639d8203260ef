// SPDX-License-Identifier: MIT
#include <algorithm>
#include <catch2/catch.hpp>
#include <cmath>
#include <nlohmann/json.hpp>

#include "example_bands.hpp"
#include "exporters/band_text.hpp"
#include "exporters/bands_agr.hpp"
#include "exporters/bands_agr_batch.hpp"
#include "exporters/bands_dat.hpp"
#include "exporters/bands_gnuplot.hpp"
#include "exporters/bands_json.hpp"
#include "exporters/bands_mpl.hpp"
#include "exporters/comments.hpp"

using namespace restapi::exporters;
using nlohmann::json;
using restapi::Code;

namespace {

std::string made(Exporter exporter, Node const& node = examples::demo()) {
  auto const file = exporter(node);
  REQUIRE(file);
  return *file;
}

Bands demo() {
  auto const bands = read_bands(examples::demo());
  REQUIRE(bands);
  return *bands;
}

std::string header(std::string const& sign) {
  auto const [program, request, reference] = comment_lines();
  std::string text;
  for (auto const& line :
       {program, request, reference, std::string(),
        std::string("Dumped from BandsData UUID=2f6d0b3c-1b1a-4c4e-9d51-0a4b8f1f7a10"), std::string("\tpoints\tbands"),
        std::string("\t3\t2"), std::string(), std::string("\tlabel\tpoint"), std::string("\tGAMMA\t0.00000000"),
        std::string("\tX_1\t0.50000000")})
    text += sign + line + "\n";
  return text;
}

bool has(std::string const& text, std::string const& part) { return text.find(part) != text.npos; }
auto lines(std::string const& text) { return std::count(text.begin(), text.end(), '\n'); }

/// The object within the program.
json data_in(std::string const& program) {
  auto const begin = program.find("r'''"), end = program.find("'''", begin + 4);
  REQUIRE(end != program.npos);
  return json::parse(program.substr(begin + 4, end - begin - 4));
}

}  // namespace

TEST_CASE("dat_multicolumn has a line per k-point", "[exporters]") {
  CHECK(made(bands_dat_multicolumn) == header("# ") +
                                           "0.00000000\t-1.50000000\t2.00000000\n"
                                           "0.25000000\t-1.25000000\t2.50000000\n"
                                           "0.50000000\t-0.50000000\t2.75000000\n");
}

TEST_CASE("dat_blocks has a block per band", "[exporters]") {
  CHECK(made(bands_dat_blocks) == header("# ") +
                                      "0.00000000\t-1.50000000\n0.25000000\t-1.25000000\n0.50000000\t-0.50000000\n\n\n"
                                      "0.00000000\t2.00000000\n0.25000000\t2.50000000\n0.50000000\t2.75000000\n\n");
}

TEST_CASE("numbers that are not finite stand in columns as Python writes them", "[exporters]") {
  auto bands = demo();
  bands.energies = {-NAN, INFINITY, -INFINITY, NAN, -0.0, 1e20};
  auto const dat = dat_multicolumn_of(bands);
  CHECK(dat.substr(header("# ").size()) ==
        "0.00000000\tnan\tinf\n0.25000000\t-inf\tnan\n0.50000000\t-0.00000000\t100000000000000000000.00000000\n");
}

TEST_CASE("gnuplot draws lines", "[exporters]") {
  auto const program = made(bands_gnuplot);
  CHECK(program.substr(0, header("#  ").size() + 3) == header("#  ") + "\n# ");
  auto const commands = program.find("set termopt enhanced\n");
  REQUIRE(commands != program.npos);
  CHECK(program.substr(commands) == R"X(set termopt enhanced
set encoding utf8
set xtics ("Γ" 0.0, "X_{1}" 0.5)
unset key
set yrange [-1.5:2.75]
set ylabel "Dispersion (eV)"
set xrange [0.0:0.5]
set grid xtics lt 1 lc rgb "#888888"
plot "band_data.dat" with l lc rgb "#000000"
)X");
  // Hints are comments.
  for (auto at = header("#  ").size() + 1; at < commands; at = program.find('\n', at) + 1) CHECK(program[at] == '#');
}

TEST_CASE("gnuplot draws levels of one point", "[exporters]") {
  Bands bands;
  bands.x = {0};
  bands.bands_per_spin = 1;
  bands.energies = {2};
  auto const program = gnuplot_of(bands);
  auto const commands = program.find("set termopt enhanced\n");
  REQUIRE(commands != program.npos);
  CHECK(program.substr(commands) == R"X(set termopt enhanced
set encoding utf8
set xtics ()
unset key
set yrange [1.0:3.0]
set ylabel "Dispersion"
set xrange [-1.0:1.0]
plot "band_data.dat" using ($1-0.25):($2):(0.5):(0) with vectors nohead lc rgb "#000000"
)X");
}

TEST_CASE("no label leaves its comment or string", "[exporters]") {
  auto bands = demo();
  bands.labels = {{0, "\"; system \"`id`\nset"}, {2, "\\"}};
  bands.units = "\"\n!id";
  auto const gnuplot = gnuplot_of(bands);
  CHECK(lines(gnuplot) == lines(gnuplot_of(demo())));
  CHECK(has(gnuplot, R"X(set xtics ("\"; system \"\140id\140 set" 0.0, "\\" 0.5))X"));
  CHECK(has(gnuplot, R"X(set ylabel "Dispersion (\" !id)")X"));
  auto const agr = agr_of(bands);
  CHECK(lines(agr) == lines(agr_of(demo())));
  CHECK(has(agr, R"(ticklabel 0, "'; system '`id` set")"));
  CHECK(has(agr, R"(ticklabel 1, "/")"));
  CHECK(lines(agr_batch_of(bands)) == lines(agr_batch_of(demo())));
  bands.labels[0].label = "'''\n+ exit() + r'''\\";
  auto const mpl = mpl_singlefile_of(bands);
  CHECK(lines(mpl) == lines(mpl_singlefile_of(demo())));
  CHECK(data_in(mpl)["paths"][0]["from"] == "'''\n+ exit() + r'''\\");
}

TEST_CASE("agr_batch is as documented", "[exporters]") {
  CHECK(made(bands_agr_batch) == header("# ") + R"(READ XY "_data.dat"
world 0.0, -1.5, 0.5, 2.75
yaxis label "Dispersion"
xaxis  tick place both
xaxis  tick spec type both
xaxis  tick spec 2
xaxis  tick major 0, 0.0
xaxis  ticklabel 0, "\xG\f{}"
xaxis  tick major 1, 0.5
xaxis  ticklabel 1, "X\s1\N"
xaxis  tick major color 7
xaxis  tick major grid on
yaxis  tick minor ticks 3
frame linewidth 1.0
map font 4 to "Helvetica", "Helvetica"
yaxis  label font 4
xaxis  label font 4
s0 line color 1
s0 linewidth 1
s1 line color 1
s1 linewidth 1
)");
}

TEST_CASE("agr is a project of Grace", "[exporters]") {
  auto const agr = made(bands_agr);
  CHECK(agr.substr(0, header("# ").size()) == header("# "));
  for (auto const* part :
       {"\n@version 50122\n", "\n@with g0\n@    world 0.0, -1.5, 0.5, 2.75\n", "\n@    title \"\"\n",
        "\n@    yaxis  label \"Dispersion (eV)\"\n", "\n@    yaxis  tick major 1.0\n", "\n@    xaxis  tick spec 2\n",
        "\n@    xaxis  tick major 1, 0.5\n@    xaxis  ticklabel 1, \"X\\s1\\N\"\n",
        "\n@    s1 line linewidth 2.0\n@    s1 line color 1\n",
        "\n@target G0.S0\n@type xy\n0.00000000\t-1.50000000\n0.25000000\t-1.25000000\n0.50000000\t-0.50000000\n&\n"
        "@target G0.S1\n"}) {
    INFO(part);
    CHECK(has(agr, part));
  }
  for (std::size_t at = 0; at < agr.size(); at = agr.find('\n', at) + 1) {
    INFO(agr.substr(at, 40));
    CHECK(std::string_view("#@&-0123456789").find(agr[at]) != std::string_view::npos);
  }
}

TEST_CASE("agr leaves points out that are not finite, and is never flat", "[exporters]") {
  auto bands = demo();
  bands.energies = {1, NAN, INFINITY, NAN, 1, NAN};
  bands.bands_per_spin = 1;
  bands.spins = 2;
  auto const agr = agr_of(bands);
  CHECK(has(agr,
            "\n@target G0.S0\n@type xy\n0.00000000\t1.00000000\n0.50000000\t1.00000000\n&\n"
            "@target G0.S1\n@type xy\n&\n"));
  CHECK(has(agr, "world 0.0, 0.0, 0.5, 2.0\n"));
  CHECK(has(agr, "yaxis  tick major 1.0\n"));
  CHECK(has(agr, "s1 line color 2\n"));
}

TEST_CASE("ticks of Grace are a power of ten apart", "[exporters]") {
  auto bands = demo();
  auto const tick = [&](double most) {
    bands.energies = {0, most, 0, 0, 0, 0};
    auto const agr = agr_of(bands);
    auto const at = agr.find("yaxis  tick major ") + 18;
    return agr.substr(at, agr.find('\n', at) - at);
  };
  CHECK(tick(99) == "10.0");
  CHECK(tick(100) == "100.0");
  CHECK(tick(0.5) == "1.0");
  CHECK(tick(0.05) == "0.1");
  CHECK(tick(1e308) == "1e+308");
}

TEST_CASE("a program for matplotlib has its data as JSON", "[exporters]") {
  auto const program = made(bands_mpl_singlefile);
  CHECK(program.substr(0, 2) == "#!");
  CHECK(has(program, "\n# " + comment_lines()[2] + "\n"));
  auto const data = data_in(program);
  CHECK(data == json{{"paths", json::parse(paths_json(demo()))},
                     {"band_type_idx", {0, 0}},
                     {"tick_pos", {0.0, 0.5}},
                     {"tick_labels", {"$\\Gamma$", "X$_{1}$"}},
                     {"legend_text", nullptr},
                     {"legend_text2", nullptr},
                     {"yaxis_label", "Dispersion (eV)"},
                     {"title", ""},
                     {"comment", header("# ")},
                     {"x_min_lim", 0.0},
                     {"x_max_lim", 0.5},
                     {"y_min_lim", -1.5},
                     {"y_max_lim", 2.75}});
  auto const other = made(bands_mpl_withjson);
  CHECK(has(other, "_data.json"));
  CHECK(other.substr(other.find("STYLES")) == program.substr(program.find("STYLES")));
}

TEST_CASE("band types of matplotlib are spins", "[exporters]") {
  auto bands = demo();
  bands.bands_per_spin = 1;
  bands.spins = 2;
  bands.labels = {};
  auto const data = json::parse(mpl_data_of(bands));
  CHECK(data["band_type_idx"] == json{0, 1});
  CHECK(data["tick_pos"] == json::array());
  CHECK(data["tick_labels"] == json::array());
}

TEST_CASE("pictures of bands name other formats", "[exporters]") {
  auto const picture = bands_mpl_picture(examples::demo());
  REQUIRE_FALSE(picture);
  CHECK(picture.error().code == Code::export_not_possible);
  CHECK(has(picture.error().message, "gnuplot"));
  CHECK(has(picture.error().message, "mpl_singlefile"));
}

TEST_CASE("each format refuses a node without bands", "[exporters]") {
  for (Exporter const exporter :
       {&bands_json, &bands_properties, &bands_dat_multicolumn, &bands_dat_blocks, &bands_gnuplot, &bands_agr_batch,
        &bands_agr, &bands_mpl_singlefile, &bands_mpl_withjson}) {
    auto const file = exporter(examples::node("{}", {}));
    REQUIRE_FALSE(file);
    CHECK(file.error().code == Code::export_not_possible);
  }
}
