// SPDX-License-Identifier: MIT
#include "config/served_profiles.hpp"

#include <catch2/catch.hpp>

#include "serving.hpp"

using namespace restapi;
using namespace restapi::test;

namespace {

auto const another_name = Catch::Contains("`--profile OTHER=SOURCE`, or a section [OTHER]");

}  // namespace

TEST_CASE("who has no name takes the source's", "[profiles]") {
  Place const place;
  CHECK(
      place.served({text(place.archive("mc3d.aiida")), text(place.sqlite("two.db"), "second"), profile("main"),
                    text("postgresql://h/data%20base"), demo()}) ==
      "mc3d<archive mc3d.aiida> second<SQLite file two.db> main<profile main (postgresql database d on this machine)> "
      "data base<postgresql database data base on h> demo<the demo>");
  CHECK(place.served({ProfileOptions{}}) == "demo<the demo>");
}

TEST_CASE("the options go with each profile", "[profiles]") {
  Place const place;
  place.archive("folder/a.aiida");
  place.archive("folder/b.aiida");
  auto closed = text(place.path("folder"));
  closed.token_keys = "keys";
  auto const found = config::find_profiles({profile("main"), closed}, {}, place.context);
  REQUIRE(found);
  REQUIRE(found->size() == 3);
  CHECK((*found)[0].options.token_keys.empty());
  CHECK((*found)[1].options.token_keys == "keys");
  CHECK((*found)[2].options.token_keys == "keys");
  CHECK((*found)[2].found.packed == source::FoundSource::Packed::archive);
}

TEST_CASE("one name for two databases is an error that says how to mend it", "[profiles][error]") {
  Place const place;
  auto const x = place.archive("x.aiida");
  for (auto const& profiles : {std::vector{text(x), profile("x")},
                               {text(x), text(place.archive("elsewhere/x.aiida"))},
                               {profile("main"), text(x, "main")},
                               {text(x, "demo"), demo()}}) {
    auto const error = place.served(profiles);
    CHECK_THAT(error, Catch::StartsWith("two databases are called \"") && another_name);
  }
}

TEST_CASE("a name that cannot be in an address is an error for what was named itself", "[profiles][error]") {
  Place const place;
  for (auto const& one : {text(place.archive("api.aiida")), text(place.archive("...aiida")),
                          text(place.archive("\xff.aiida")), profile("a/b")}) {
    CAPTURE(one.wanted.text);
    CHECK_THAT(place.served({profile("main"), one}), Catch::Contains("cannot be served as") && another_name);
  }
  CHECK(place.served({text(place.path("api.aiida"), "other")}) == "other<archive api.aiida>");
}

TEST_CASE("files of a folder give way to what was named itself, and to the folder before", "[profiles][folder]") {
  Place const place;
  place.archive("folder/x.aiida");
  place.archive("folder/y.aiida");
  place.sqlite("other/y.db");
  auto const folder = place.path("folder"), other = place.path("other");
  CHECK_THAT(place.served({text(folder), profile("x")}),
             Catch::StartsWith("x.aiida<archive x.aiida> y<archive y.aiida> x<profile x"));
  CHECK(place.served({text(folder), text(other)}) == "x<archive x.aiida> y<archive y.aiida> y.db<SQLite file y.db>");
  place.archive("second/x.aiida");
  place.archive("third/x.aiida");
  auto const three = place.served({text(folder), text(place.path("second")), text(place.path("third"))});
  CHECK_THAT(three, Catch::StartsWith("two databases are called \"x.aiida\": archive x.aiida and archive x.aiida") &&
                        another_name);
}

TEST_CASE("a file of a folder that cannot be a name is passed over", "[profiles][folder]") {
  Place const place;
  place.archive("folder/\xff.aiida");
  place.archive("folder/api.aiida");
  place.archive("folder/good.aiida");
  CHECK(place.served({text(place.path("folder"))}) == "api.aiida<archive api.aiida> good<archive good.aiida>");
  place.archive("bad/\xff.aiida");
  CHECK_THAT(place.served({text(place.path("bad"))}),
             Catch::StartsWith("no file of the folder has a name that can be in an address") && another_name);
}

TEST_CASE("a folder cannot have one name", "[profiles][folder][error]") {
  Place const place;
  place.archive("folder/x.aiida");
  auto const folder = place.path("folder");
  CHECK_THAT(place.served({text(folder, "all")}),
             Catch::StartsWith("\"" + folder +
                               "\" is a folder, and \"all\" can be the name of one database only | "
                               "without a name in front its files are served under theirs"));
}

TEST_CASE("what is not found is an error of all", "[profiles][error]") {
  Place const place;
  CHECK_THAT(place.served({profile("main"), profile("nix")}), Catch::StartsWith("there is no profile \"nix\""));
  CHECK_THAT(place.served({text("./nix.aiida", "a")}), Catch::StartsWith("no such file: \"./nix.aiida\""));
}

TEST_CASE("a log is none of the files that are served", "[profiles][error]") {
  Place const place;
  auto const file = place.sqlite("a.sqlite");
  std::filesystem::create_symlink(file, place.path("link"));
  std::filesystem::create_hard_link(file, place.path("second"));
  auto const found = config::find_profiles({text(file)}, {}, place.context);
  REQUIRE(found);
  for (auto const* name :
       {"a.sqlite", "link", "second", "./a.sqlite", "a.sqlite-wal", "a.sqlite-shm", "a.sqlite-journal"}) {
    auto const apart = config::check_apart(place.path(name), *found);
    INFO(name);
    REQUIRE_FALSE(apart);
    CHECK(apart.error().message.find("belongs to a database that is served: SQLite file a.sqlite") !=
          std::string::npos);
  }
  for (auto const* name : {"-", "", "/dev/stdout"}) CHECK(config::check_apart(name, *found));
  CHECK(config::check_apart(place.path("a.sqlite.log"), *found));
}
