// SPDX-License-Identifier: MIT
#include "source/private_file.hpp"

#include <signal.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <catch2/catch.hpp>

#include "support/temporary_folder.hpp"

using namespace restapi;

TEST_CASE("a private file has no name and is read as what is open", "[source][private]") {
  test::TemporaryFolder const folder;
  auto file = source::PrivateFile::create(folder.path());
  REQUIRE(file);
  CHECK(folder.names().empty());
  REQUIRE(file->write("abc", 3));
  auto const reading = file->for_reading();
  REQUIRE(reading);
  {
    auto const moved = *std::move(file);
    CHECK(*reading->read_beginning(10) == "abc");
  }
  CHECK(*reading->read_beginning(10) == "abc");  // as long as somebody has it open
  CHECK(folder.names().empty());
}

TEST_CASE("a disk that takes no more is an error, not a short file", "[source][private][error]") {
  test::TemporaryFolder const folder;
  pid_t const child = ::fork();
  REQUIRE(child >= 0);
  if (child == 0) {
    // A limit on the size of files stands in for the full disk; it cannot be lifted again, hence the child.
    ::signal(SIGXFSZ, SIG_IGN);
    rlimit const limit{1000, 1000};
    if (::setrlimit(RLIMIT_FSIZE, &limit) != 0) ::_exit(1);
    std::string const bytes(1500, 'x');
    auto file = source::PrivateFile::create(folder.path());
    if (!file) ::_exit(2);
    auto const written = file->write(bytes.data(), bytes.size());
    if (written) ::_exit(3);
    ::_exit(written.error().message == "cannot write to a file in \"" + folder.path() + "\": File too large" ? 0 : 4);
  }
  int status = 0;
  REQUIRE(::waitpid(child, &status, 0) == child);
  CHECK(status == 0);
}

TEST_CASE("a folder that cannot be used is named", "[source][private][error]") {
  auto const file = source::PrivateFile::create("/does/not/exist");
  REQUIRE_FALSE(file);
  CHECK(file.error().code == Code::source_refused);
  CHECK(file.error().message == "cannot make a file in \"/does/not/exist\": No such file or directory");
  CHECK_THAT(file.error().hint, Catch::Contains("TMPDIR"));
}
