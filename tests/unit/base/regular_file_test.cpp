// SPDX-License-Identifier: MIT
#include "base/regular_file.hpp"

#include <sys/stat.h>

#include <catch2/catch.hpp>
#include <filesystem>

#include "support/temporary_folder.hpp"

using restapi::read_regular_file;
using restapi::RegularFile;

TEST_CASE("a regular file is read up to a size", "[regular_file]") {
  restapi::test::TemporaryFolder const folder;
  auto const path = folder.write("file", "content");
  CHECK(*read_regular_file(path, 7) == "content");
  CHECK(read_regular_file(path, 6).error().message == "\"" + path + "\" is larger than 6 bytes");
  CHECK(*RegularFile::open(path)->read_beginning(3) == "con");
  std::string const large(200'000, 'x');
  CHECK(*read_regular_file(folder.write("large", large), 200'000) == large);
  std::filesystem::create_symlink(path, folder.path() + "/link");
  CHECK(*read_regular_file(folder.path() + "/link", 7) == "content");
}

TEST_CASE("nothing but a regular file is read, and nobody is waited for", "[regular_file][error]") {
  restapi::test::TemporaryFolder const folder;
  auto const pipe = folder.path() + "/pipe";
  REQUIRE(::mkfifo(pipe.c_str(), 0600) == 0);
  for (auto const& path : {pipe, folder.path(), std::string("/dev/zero"), std::string("/dev/tty")}) {
    CAPTURE(path);
    CHECK(!read_regular_file(path, 100));
  }
  CHECK(read_regular_file(pipe, 100).error().message == "\"" + pipe + "\" is not a regular file");
  CHECK(read_regular_file(folder.path() + "/none", 100).error().message ==
        "\"" + folder.path() + "/none\" cannot be read: No such file or directory");
}

TEST_CASE("only of a path that leads nowhere a part is kept back: it may be a mistyped URI", "[regular_file][error]") {
  restapi::test::TemporaryFolder const folder;
  auto const there = folder.path() + "/2024:round";
  std::filesystem::create_symlink("2024:round", there);
  CHECK(RegularFile::open(there).error().message.find("2024:round") != std::string::npos);
  CHECK(RegularFile::open(folder.path() + "/reader:secret/x").error().message.find("secret") == std::string::npos);
  auto const in_file = folder.write("file", "") + "/reader:secret";
  CHECK(RegularFile::open(in_file).error().message.find("secret") == std::string::npos);
}
