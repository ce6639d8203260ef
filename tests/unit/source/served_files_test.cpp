// SPDX-License-Identifier: MIT
#include "source/served_files.hpp"

#include <catch2/catch.hpp>
#include <filesystem>

#include "support/temporary_folder.hpp"

using namespace restapi;
namespace fs = std::filesystem;

namespace {

/// Two profiles with a file each.
struct Fixture {
  test::TemporaryFolder const folder = {};
  std::string const a = folder.write("a", "of a"), b = folder.write("b", "of b");
  source::ServedFiles files{{a, b}};

  /// As `mv` does it.
  void replace(std::string const& path) const { fs::rename(folder.write("new", "new"), path); }
  /// Asked for, as a profile that is asked for is.
  bool serve(std::string const& path) {
    auto const file = *identity_of_file(path);
    if (files.is_of_another(path, file)) return false;
    files.serves(path, file);
    return true;
  }
};

}  // namespace

TEST_CASE("files that are replaced are served, also with inodes that others had before", "[served_files]") {
  Fixture fixture;
  for (int round = 0; round < 50; ++round) {
    for (auto const& path : {fixture.b, fixture.a}) {
      fixture.replace(path);
      REQUIRE(fixture.serve(path));
    }
  }
}

TEST_CASE("a path that comes to lead to the file of another profile is that one's", "[served_files]") {
  bool const asked_since = GENERATE(true, false);
  bool const is_soft = GENERATE(true, false);
  bool const replaced = GENERATE(true, false);
  Fixture fixture;
  if (replaced) fixture.replace(fixture.b);
  if (asked_since) CHECK(fixture.serve(fixture.b));
  fs::remove(fixture.a);
  if (is_soft)
    fs::create_symlink(fixture.b, fixture.a);
  else
    fs::create_hard_link(fixture.b, fixture.a);
  CHECK_FALSE(fixture.serve(fixture.a));
  // Of two names of a file that nobody has served yet neither is the right one.
  CHECK(fixture.serve(fixture.b) == (is_soft || asked_since || !replaced));
  CHECK_FALSE(fixture.serve(fixture.a));
  fs::remove(fixture.a);
  CHECK(fixture.serve(fixture.b));
}

TEST_CASE("a file that is moved to another profile's path stays the one's that has served it", "[served_files]") {
  Fixture fixture;
  fs::rename(fixture.b, fixture.a);
  CHECK_FALSE(fixture.serve(fixture.a));
}
